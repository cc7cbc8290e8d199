import type { Writer } from '../program.js';
import type { Sparse } from '../raw.js';
import { identity } from '../sparse.js';

/** Larger than |wᵀx| ever is, so that a token's score with others is not positive; larger costs digits. */
const FAR = 256;

/** wᵀx by ReLU attention of a token to itself: the score with token j is ±wᵀx_j − R(1 − [j is the token itself]). */
export function ownProduct(
  { x, token, block, attend }: Writer,
  inputs: number,
  examples: number,
  w: string,
): string {
  const tokens = 2 * examples + 1;
  const one = block('1', 1, [1]);
  const answer = block('wᵀx', 1);
  const codes = (scale: number): Sparse =>
    identity(tokens, scale).map(([i, j, value]) => [inputs + i, j, value]);
  const last = inputs + tokens;
  for (const sign of [1, -1])
    attend(
      answer,
      { block: one, matrix: identity(1) },
      {
        query: [
          { block: w, matrix: identity(inputs, sign) },
          { block: token, matrix: codes(FAR) },
          { block: one, matrix: [[last, 0, -FAR]] },
        ],
        key: [
          { block: x, matrix: identity(inputs) },
          { block: token, matrix: codes(1) },
          { block: one, matrix: [[last, 0, 1]] },
        ],
        score: 'positive',
      },
      sign,
    );
  return answer;
}
