import { add, div, matmul, mul, reduceSum, sqrt, square, sub, swapLast } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import type { Optimiser } from './optimiser.js';

export interface MuonOptions {
  /** Decay of the running sum of gradients; 0.95. */
  readonly momentum?: number;
  /** Newton–Schulz iterations; 5. */
  readonly iterations?: number;
  /** Weight decay, decoupled from the gradient. */
  readonly decay?: number;
}

/** Jordan et al. 2024: a quintic whose iterates push every singular value towards 1, quickly rather than exactly. */
const [A, B, C] = [3.4445, -4.775, 2.0315];

/**
 * Muon (Jordan et al. 2024): momentum whose update is orthogonalised, for stacks of matrices [G,inputs,outputs]. Every
 * matrix of the stack is orthogonalised on its own; all of them in the same few products. As in Jordan's code the step is
 * scaled by √max(1, outputs/inputs), so that matrices that widen move every output as far as square ones do.
 */
export function muon({ momentum = 0.95, iterations = 5, decay = 0 }: MuonOptions = {}): Optimiser {
  return {
    slots: ['momentum'],
    scalars: () => ({}),
    update: ({ parameter, gradient, state, rate }) => {
      const [, inputs, outputs] = parameter.shape as [number, number, number];
      const average = add(mul(state.momentum!, momentum), gradient);
      const ahead = add(gradient, mul(average, momentum)); // Nesterov
      const scale = Math.sqrt(Math.max(1, outputs / inputs));
      const moved = sub(parameter, mul(orthogonalise(ahead, iterations), mul(rate, scale)));
      return {
        parameter: decay === 0 ? moved : sub(moved, mul(parameter, mul(rate, decay))),
        state: { momentum: average },
      };
    },
  };
}

/** The nearest semi-orthogonal matrices, roughly: Newton–Schulz on X/‖X‖. [G,rows,columns] */
export function orthogonalise(matrices: Tensor, iterations: number): Tensor {
  const [, rows, columns] = matrices.shape as [number, number, number];
  const wide = rows > columns ? swapLast(matrices) : matrices;
  let x = div(wide, add(sqrt(reduceSum(square(wide), [1, 2], true)), 1e-7));
  for (let i = 0; i < iterations; i++) {
    const gram = matmul(x, swapLast(x));
    const polynomial = add(mul(gram, B), mul(matmul(gram, gram), C));
    x = add(mul(x, A), matmul(polynomial, x));
  }
  return rows > columns ? swapLast(x) : x;
}
