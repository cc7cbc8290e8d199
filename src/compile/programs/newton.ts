import { type Program, program, type Writer } from '../program.js';
import { inner, symmetric, times } from '../sparse.js';
import { copies, type Example } from './examples.js';
import type { RidgeOptions } from './ridge.js';

export interface NewtonOptions extends RidgeOptions {
  /** The largest eigenvalue of XᵀX that prompts have; by default that of x ~ N(0, I). */
  readonly largest?: (() => number) | undefined;
}

/** (√D + √n + 3)², which the largest eigenvalue of XᵀX exceeds once in about a thousand prompts of x ~ N(0, I). */
export const largestEigenvalue = (inputs: number, examples: number): number =>
  (Math.sqrt(inputs) + Math.sqrt(examples) + 3) ** 2;

/** The error I − MS is to fall to this share. */
const SMALL = 1e-13;

/**
 * Ridge regression by Newton's iteration for the inverse of S = XᵀX + λI (Schulz 1933; Fu et al., arXiv 2310.17086, §2):
 * M' = 2M − MSM from M = αI. Computed through the error R = I − MS, which squares with each iteration, and w = MΣxy:
 * w' = w + Rw, R' = R². Numbers stay below 1, R stays symmetric, and an iteration is one layer.
 */
export const newton = ({ inputs, examples, lambda, largest }: NewtonOptions): Program =>
  program({ name: 'newton', inputs, examples, learner: `ridge:${lambda}` }, (writer) => {
    const { x, block, mul } = writer;
    const own = copies(writer, { inputs, examples });
    const [w] = newtonWeights(writer, { inputs, examples, largest, lambdas: [lambda], own });
    const answer = block('wᵀx', 1);
    mul(answer, w!, x, inner(inputs));
    return answer;
  });

/** The weights of ridge regression for each λ, side by side, on some examples of a prompt, each in blocks of every token. */
export function newtonWeights(
  { block, mul }: Writer,
  {
    inputs,
    examples,
    largest = () => largestEigenvalue(inputs, examples),
    lambdas,
    own,
  }: Omit<NewtonOptions, 'lambda'> & { lambdas: readonly number[]; own: readonly Example[] },
): string[] {
  const packed = symmetric(inputs);
  const most = largest();
  const branches = lambdas.map((lambda) => {
    const named = lambdas.length === 1 ? '' : ` of λ = ${lambda}`;
    const start = 1 / (most + lambda); // α
    return {
      named,
      start,
      // (1 − αλ)^(2^k) ≤ SMALL
      steps: Math.max(1, Math.ceil(Math.log2(Math.log(SMALL) / Math.log1p(-start * lambda)))),
      w: block(`w${named}`, inputs, new Array<number>(inputs).fill(0)),
      error: block(`I − MS${named}`, packed.size, packed.diagonal(1 - start * lambda)),
    };
  });
  for (const { x, y } of own)
    for (const { w, error, start } of branches) {
      mul(error, x, x, packed.outer(-start));
      mul(w, x, y, times(inputs, start));
    }
  const longest = Math.max(...branches.map(({ steps }) => steps));
  for (let k = 0; k < longest; k++)
    for (const branch of branches) {
      const { named, steps, w, error } = branch;
      if (k < steps - 1) {
        branch.error = block(`(I − MS) of step ${k + 1}${named}`, packed.size);
        mul(branch.error, error, error, packed.matrixProduct(1));
      }
      if (k < steps) mul(w, error, w, packed.timesVector);
    }
  return branches.map(({ w }) => w);
}
