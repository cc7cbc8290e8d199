import { type Program, program } from '../program.js';
import { inner, times } from '../sparse.js';
import { pairedInputs } from './examples.js';

export interface SgdOptions {
  readonly inputs: number;
  readonly examples: number;
  /** α */
  readonly rate: number;
  /** λ */
  readonly lambda?: number;
}

/**
 * One pass of stochastic gradient descent from w = 0: w ← w − 2α(x(wᵀx − y) + λw) for each example in its order. With one
 * example it is the step of Akyürek et al. (arXiv 2211.15661), Theorem 1.
 */
export const sgd = ({ inputs, examples, rate, lambda = 0 }: SgdOptions): Program =>
  program(
    { name: 'sgd', inputs, examples, learner: `sgd:${rate}${lambda === 0 ? '' : `:${lambda}`}` },
    (writer) => {
      const { x, y, token, block, mov, aff, mul } = writer;
      const tokens = Array.from({ length: 2 * examples + 1 }, (_, t) => t);
      const w = block('w', inputs, new Array<number>(inputs).fill(0));
      const paired = pairedInputs(writer, inputs);
      for (let i = 0; i < examples; i++) {
        const xi = block(`x${i}`, inputs);
        const error = block(`wᵀx${i} − y${i}`, 1);
        mov(xi, paired, i);
        mul(error, w, xi, inner(inputs));
        mov(error, y, i, -1);
        if (lambda > 0) {
          // No step, and no shrinking, at tokens that do not see the example.
          const seen = block(`example ${i} is seen`, 1);
          aff(
            seen,
            token,
            tokens.slice(2 * i + 1).map((t) => [0, t, 1] as const),
          );
          mul(w, w, seen, times(inputs, -2 * rate * lambda));
        }
        mul(w, xi, error, times(inputs, -2 * rate));
      }
      const answer = block('wᵀx', 1);
      mul(answer, w, x, inner(inputs));
      return answer;
    },
  );
