import { type Program, program } from '../program.js';
import { inner, symmetric, times } from '../sparse.js';
import { pairedInputs } from './examples.js';

export interface RidgeOptions {
  readonly inputs: number;
  readonly examples: number;
  /** λ of |Xw − Y|² + λ|w|². */
  readonly lambda: number;
}

/**
 * Ridge regression by Sherman and Morrison's formula, an example at a time (Akyürek et al., arXiv 2211.15661, Theorem 2).
 * The paper's w = A⁻¹xy is right for the first example only. Of the two forms that are right for all, w = A⁻¹Σxy and
 * w ← w + A⁻¹x(y − wᵀx), this is the second, recursive least squares: it never multiplies large numbers that cancel. So
 * is k = A⁻¹x/(1 + xᵀA⁻¹x) taken before its product with A⁻¹x, which alone would be as large as |x|²/λ².
 */
export const ridge = ({ inputs, examples, lambda }: RidgeOptions): Program =>
  program({ name: 'ridge', inputs, examples, learner: `ridge:${lambda}` }, (writer) => {
    const { x, y, block, mov, mul, div } = writer;
    const packed = symmetric(inputs);
    const inverse = block('A⁻¹', packed.size, packed.diagonal(1 / lambda));
    const w = block('w', inputs, new Array<number>(inputs).fill(0));
    const paired = pairedInputs(writer, inputs);
    for (let i = 0; i < examples; i++) {
      const xi = block(`x${i}`, inputs);
      mov(xi, paired, i);
      const u = block(`A⁻¹x${i}`, inputs);
      mul(u, inverse, xi, packed.timesVector);
      const error = block(`y${i} − wᵀx${i}`, 1);
      mov(error, y, i);
      mul(error, w, xi, inner(inputs, -1));
      const c = block(`x${i}ᵀA⁻¹x${i}`, 1);
      mul(c, xi, u, inner(inputs));
      const k = block(`k${i}`, inputs);
      div(k, u, c, { plus: 1 });
      mul(inverse, k, u, packed.outer(-1));
      mul(w, k, error, times(inputs));
    }
    const answer = block('wᵀx', 1);
    mul(answer, w, x, inner(inputs));
    return answer;
  });
