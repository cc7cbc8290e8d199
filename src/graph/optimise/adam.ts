import { add, div, mul, sqrt, square, sub } from '../ops/index.js';
import type { Optimiser } from './optimiser.js';

export interface AdamOptions {
  /** Decay of the running mean of gradients; 0.9. */
  readonly beta1?: number;
  /** Decay of the running mean of squared gradients; 0.98 as in the first transformers (Vaswani et al. 2017, Sec. 5.3): it
   * looks back 50 steps instead of 1000, so that the scale of a step follows the loss while it falls by orders. */
  readonly beta2?: number;
  /** Added to the root of the second; 1e-8. */
  readonly epsilon?: number;
  /** Weight decay, decoupled from the gradient (AdamW). */
  readonly decay?: number;
}

/** Adam (Kingma & Ba 2015, algorithm 1); with decay, AdamW (Loshchilov & Hutter 2019, algorithm 2). */
export function adam({ beta1 = 0.9, beta2 = 0.98, epsilon = 1e-8, decay = 0 }: AdamOptions = {}): Optimiser {
  return {
    slots: ['first', 'second'],
    scalars: (step) => ({ correction1: 1 / (1 - beta1 ** step), correction2: 1 / (1 - beta2 ** step) }),
    update: ({ parameter, gradient, state, rate, scalars }) => {
      const first = add(mul(state.first!, beta1), mul(gradient, 1 - beta1));
      const second = add(mul(state.second!, beta2), mul(square(gradient), 1 - beta2));
      // The scalars meet before they meet the long vectors: each saved pass is time.
      const denominator = add(sqrt(mul(second, scalars.correction2!)), epsilon);
      const moved = sub(parameter, div(mul(first, mul(rate, scalars.correction1!)), denominator));
      return {
        parameter: decay === 0 ? moved : sub(moved, mul(parameter, mul(rate, decay))),
        state: { first, second },
      };
    },
  };
}
