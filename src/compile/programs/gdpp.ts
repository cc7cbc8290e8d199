import { type Program, program } from '../program.js';
import { identity, inner, type Product, symmetric } from '../sparse.js';
import type { TargetName } from '../targets.js';
import { moments, summedMoments } from './moments.js';

export interface GdppOptions {
  readonly inputs: number;
  readonly examples: number;
  readonly steps: number;
  /** α */
  readonly rate: number;
  /** γ */
  readonly gamma: number;
  /** Linear attention sums over the examples in one layer; otherwise the sums are written out. */
  readonly target?: TargetName;
}

/**
 * GD++ (von Oswald et al., arXiv 2212.07677, §4 and appendix A.10): each step takes a gradient step on the residuals and
 * transforms all inputs, the query's too, x ← (I − γXᵀX)x, which shrinks the large eigenvalues of XᵀX.
 *
 * What a step needs of the examples is S = XᵀX and m = Xᵀ(residuals) in the inputs as they are by then:
 * wᵀx ← wᵀx + 2αmᵀx, m ← (I − γS)(m − 2αSm), x ← (I − γS)x, S ← (I − γS)S(I − γS) = S − 2γS² + γ²S³. Two layers a step.
 */
export const gdpp = ({ inputs, examples, steps, rate, gamma, target }: GdppOptions): Program =>
  program({ name: 'gdpp', inputs, examples, learner: `gdpp:${steps}:${rate}:${gamma}` }, (writer) => {
    const { x, block, mul, aff } = writer;
    const sizes = { inputs, examples, lambda: 0 };
    const { second, moment } = target === 'linear' ? summedMoments(writer, sizes) : moments(writer, sizes);
    const packed = symmetric(inputs);
    const shrunk = (scale: number) => packed.timesVector.map(([to, a, b]): Product => [to, a, b, scale]);
    const query = block('x of the step', inputs);
    aff(query, x, identity(inputs));
    const answer = block('wᵀx', 1);
    for (let k = 0; k < steps; k++) {
      mul(answer, moment, query, inner(inputs, 2 * rate));
      if (k === steps - 1) break;
      mul(moment, second, moment, shrunk(-2 * rate));
      mul(query, second, query, shrunk(-gamma));
      const square = block(`S² of step ${k}`, packed.size);
      mul(square, second, second, packed.matrixProduct(1));
      mul(moment, second, moment, shrunk(-gamma));
      mul(second, second, square, packed.matrixProduct(gamma ** 2));
      aff(second, square, identity(packed.size, -2 * gamma));
    }
    return answer;
  });
