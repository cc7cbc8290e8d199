import type { Episodes, Learner } from '../core/episodes.js';
import { missing } from '../core/errors.js';
import { checkFromZero, checkPositive } from './checks.js';
import { textbook } from './textbook.js';

export interface SgdOptions {
  /** α of the update below; Akyürek et al. try 0.01 and 0.03. Default: see `sgd`. */
  readonly rate?: number;
  /** λ of the update below. Default 0; needs a rate. */
  readonly lambda?: number;
}

/**
 * One pass of stochastic gradient descent, each example once and in order, from w = 0:
 * w ← w − 2α(x(wᵀx − y) + λw) (Akyürek et al., arXiv 2211.15661, §4.3; the sign of λ is that of the gradient, which
 * the paper's own chains print otherwise. Their released code also clips the gradient, which is not done here).
 *
 * Without a rate 2α = 1/(d + 2) for d inputs (inputs that were 0 in every example do not count): the rate that shrinks
 * the expected error most for x ~ N(0, I) without noise, by 1 − 2c + c²(d + 2) an example, c = 2α.
 * @throws IcicleError where the rate is not greater than 0, λ below 0 or without a rate.
 */
export function sgd(options: SgdOptions = {}): Learner {
  const { rate, lambda = 0 } = options;
  if (rate !== undefined) checkPositive('SGD rate', rate, '0.01');
  checkFromZero('SGD λ', lambda);
  if (lambda > 0 && rate === undefined)
    throw missing('SGD rate', 'the rate that is used by default knows no λ; use sgd:0.01:0.1 (rate, λ)');
  const name = ['sgd', ...(rate === undefined ? [] : [rate]), ...(lambda === 0 ? [] : [lambda])].join(':');
  return textbook(name, (episodes) => predictSgd(episodes, rate, lambda));
}

function predictSgd(episodes: Episodes, rate: number | undefined, lambda: number): Float64Array {
  const { x, y, points, inputs } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const w = new Float64Array(inputs);
  const active = new Uint8Array(inputs);
  for (let e = 0; e < episodes.episodes; e++) {
    w.fill(0);
    active.fill(0);
    let dimensions = 0;
    for (let k = 0; k < points; k++) {
      const at = (e * points + k) * inputs;
      let prediction = 0;
      for (let j = 0; j < inputs; j++) {
        const xj = x[at + j]!;
        prediction += xj * w[j]!;
        if (xj === 0 || active[j] === 1) continue;
        active[j] = 1;
        dimensions += 1;
      }
      values[e * points + k] = prediction;
      const step = rate === undefined ? 1 / (dimensions + 2) : 2 * rate;
      const error = prediction - y[e * points + k]!;
      for (let j = 0; j < inputs; j++) w[j] = w[j]! - step * (x[at + j]! * error + lambda * w[j]!);
    }
  }
  return values;
}
