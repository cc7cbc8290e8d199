import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from '../core/random.js';

/** What a learner's error should be, for x, w ~ N(0, I) and label noise σ. */
export interface Expectation {
  /** The learner, as `parseLearner` reads it. */
  readonly learner: string;
  readonly source: string;
  /**
   * E(prediction − wᵀx)² ÷ d after n examples, and its standard error where it is itself an average over drawn inputs.
   * Infinite where the mean does not exist.
   */
  error(n: number): { readonly value: number; readonly standardError: number };
  /**
   * Whether a squared error after n examples has a variance; always where absent. Where it has none, a mean of simulated
   * ones has no standard error, and however many there are it falls short of what is expected.
   */
  readonly hasVariance?: (n: number) => boolean;
}

/**
 * The expectations that are known for d inputs: minimum-norm least squares, averaging, gradient descent of one step at
 * its best rate and at two fixed ones, one-pass SGD, and ridge, which given the inputs is a sum over their eigenvalues.
 * @param stream what ridge's inputs are drawn from
 * @param draws how many inputs are drawn for ridge
 */
export function expectations(d: number, sigma: number, stream: Random, draws: number): Expectation[] {
  const noise = sigma ** 2;
  const exact = (learner: string, source: string, value: (n: number) => number): Expectation => ({
    learner,
    source,
    error: (n) => ({ value: value(n), standardError: 0 }),
  });
  const gd = (alpha: number) =>
    exact(`gd:1:${alpha}`, 'w = cXᵀY, Wishart moments', (n) => oneStep(n, d, 2 * alpha, noise));
  const sgd = (alpha: number) =>
    exact(`sgd:${alpha}`, 'recursion over examples', (n) => onePass(n, d, 2 * alpha, noise));
  return [
    {
      ...exact('ols', 'inverse Wishart moments', (n) => leastSquares(n, d, noise)),
      // E tr(S⁻¹)² of the smaller of XᵀX and XXᵀ, which has |n − d| degrees of freedom to spare.
      hasVariance: (n) => noise === 0 || Math.abs(n - d) > 3,
    },
    exact('averaging', 'w = XᵀY/n, Wishart moments', (n) => (n === 0 ? 1 : oneStep(n, d, 1 / n, noise))),
    exact('gd:1', 'w = cXᵀY, c = 1/(n+d+1)', (n) => oneStep(n, d, 1 / (n + d + 1), noise)),
    gd(0.01),
    gd(0.02),
    sgd(0.01),
    sgd(0.03),
    {
      learner: 'ridge:0.1',
      source: 'eigenvalues of drawn inputs',
      error: drawnRidge(d, 0.1, noise, stream, draws),
    },
  ];
}

/** Minimum-norm least squares: what n < d examples leave open, and the noise in what they fix. */
function leastSquares(n: number, d: number, noise: number): number {
  const open = Math.max(0, 1 - n / d);
  if (noise === 0 || n === 0) return open;
  if (n >= d + 2) return noise / (n - d - 1);
  if (n <= d - 2) return open + ((noise / d) * n) / (d - n - 1);
  return Number.POSITIVE_INFINITY;
}

/** w = cXᵀY: E|w − w*|²/d = 1 − 2cn + c²n(n + d + 1) + c²σ²n. */
function oneStep(n: number, d: number, c: number, noise: number): number {
  return 1 - 2 * c * n + c ** 2 * n * (n + d + 1 + noise);
}

/** e' = e(1 − 2c + c²(d + 2)) + c²σ² with each example. */
function onePass(n: number, d: number, c: number, noise: number): number {
  let error = 1;
  for (let i = 0; i < n; i++) error = error * (1 - 2 * c + c ** 2 * (d + 2)) + c ** 2 * noise;
  return error;
}

/** Ridge given X with eigenvalues s of XᵀX: Σ (λ² + σ²s)/(s + λ)² ÷ d, averaged over drawn X. */
function drawnRidge(d: number, lambda: number, noise: number, stream: Random, draws: number) {
  return (n: number) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < draws; i++) {
      const x = Matrix.zeros(Math.max(1, n), d);
      for (let row = 0; row < n; row++) for (let j = 0; j < d; j++) x.set(row, j, stream.normal());
      const { realEigenvalues } = new EigenvalueDecomposition(x.transpose().mmul(x), {
        assumeSymmetric: true,
      });
      const error =
        realEigenvalues.reduce((total, s) => {
          const kept = Math.max(0, s);
          return total + (lambda ** 2 + noise * kept) / (kept + lambda) ** 2;
        }, 0) / d;
      sum += error;
      squares += error ** 2;
    }
    const value = sum / draws;
    return { value, standardError: Math.sqrt(Math.max(0, squares / draws - value ** 2) / (draws - 1)) };
  };
}
