import { type Program, program } from '../program.js';
import { identity, inner, times } from '../sparse.js';
import { pairedInputs } from './examples.js';

export interface LogisticOptions {
  readonly inputs: number;
  readonly examples: number;
  /** λ of Σ log(1 + exp(−y wᵀx)) + (λ/2)|w|². */
  readonly lambda: number;
  readonly steps: number;
  readonly rate: number;
}

/**
 * Logistic regression on labels −1 and 1 by steps of gradient descent from w = 0, w ← w + rate (Σ σ(−wᵀz) z − λw) with z = yx, and
 * the mean label tanh(wᵀx/2) = 2σ(wᵀx) − 1 as prediction.
 *
 * The logistic function is exact: it is what softmax makes of two scores. One head for each example attends to the token
 * itself with the score −wᵀz, where it reads z, and to the first token, which holds nothing, with the score 0. (Bai et al.,
 * arXiv 2306.04637, Theorem 8, have a sum of ReLU in its place, with an error.) A step is a layer: its attention adds up, its MLP
 * multiplies. What is left besides rounding is how far steps are from the optimum.
 */
export const logistic = ({ inputs, examples, lambda, steps, rate }: LogisticOptions): Program =>
  program(
    {
      name: 'logistic',
      inputs,
      examples,
      learner: `logistic:${lambda}:${steps}:${rate}`,
      family: { family: 'linear-classification' },
      signs: true,
    },
    (writer) => {
      const { x, y, token, block, mov, mul, aff, gate, together } = writer;
      const w = block('w', inputs, new Array<number>(inputs).fill(0));
      const paired = pairedInputs(writer, inputs);
      const signed = block('yx', inputs);
      mul(signed, paired, y, times(inputs));
      const own = Array.from({ length: examples }, (_, i) => {
        const z = block(`z${i}`, inputs);
        mov(z, signed, i);
        return z;
      });
      for (let k = 0; k < steps; k++) {
        const against = own.map((z, i) => {
          const score = block(`−wᵀz${i} of step ${k}`, 1);
          mul(score, w, z, inner(inputs, -1));
          return score;
        });
        together(() => {
          for (const [i, z] of own.entries()) gate(w, z, against[i]!, rate);
          aff(w, w, identity(inputs, -rate * lambda));
        });
      }
      const score = block('wᵀx', 1);
      mul(score, w, x, inner(inputs));
      // 2σ(wᵀx) − 1 but at the first token, which a gate can read nothing from; there w is 0.
      const later = Array.from({ length: 2 * examples }, (_, i) => [0, i + 1, 1] as const);
      const one = block('1 after the first token', 1);
      aff(one, token, later);
      const answer = block('2σ(wᵀx) − 1', 1);
      gate(answer, one, score, 2);
      aff(answer, one, identity(1, -1));
      return answer;
    },
  );
