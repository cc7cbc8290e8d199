import { weighed } from './weigh.js';

/** Probabilities of K classes and the truth of rows that were held out. */
export interface HeldOutClasses {
  readonly k: number;
  /** [rows] */
  readonly truth: ArrayLike<number>;
  /** [rows,K] */
  readonly network: Float64Array;
  readonly head: Float64Array;
}

/** How the network's and the head's probabilities become one prediction. */
export interface ClassBlend {
  /** Share of the network. */
  readonly share: number;
  /** What the logarithms of probabilities are divided by: 1 and more, so that a prediction never becomes more certain. */
  readonly temperature: number;
}

const SHARES = Array.from({ length: 11 }, (_, i) => i / 10);
const TEMPERATURES = [1, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3];
/** Probabilities below this are taken for it: one surprise should not decide everything. */
const LEAST = 1e-3;

/** Without held-out labels: both alike. */
export const UNMEASURED: ClassBlend = { share: 0.5, temperature: 1 };

export function fitClassBlend(held: HeldOutClasses): ClassBlend {
  if (held.truth.length === 0) return UNMEASURED;
  const share = weighed(
    SHARES,
    SHARES.map(() => 1),
    (value) => lossOf(held, { share: value, temperature: 1 }),
  );
  const temperature = weighed(
    TEMPERATURES,
    TEMPERATURES.map((value) => Math.exp(-2 * (value - 1))),
    (value) => lossOf(held, { share, temperature: value }),
  );
  return { share, temperature };
}

/** The blended probabilities, [rows,K]. */
export function blendClasses(
  { share, temperature }: ClassBlend,
  network: Float64Array,
  head: Float64Array,
  k: number,
): Float64Array {
  const mixed = network.map((p, i) => share * p + (1 - share) * head[i]!);
  if (temperature === 1) return mixed;
  for (let at = 0; at < mixed.length; at += k) {
    let sum = 0;
    for (let c = at; c < at + k; c++) sum += mixed[c] = mixed[c]! ** (1 / temperature);
    for (let c = at; c < at + k; c++) mixed[c]! /= sum;
  }
  return mixed;
}

/** −log likelihood of the held-out labels. */
function lossOf({ k, truth, network, head }: HeldOutClasses, blend: ClassBlend): number {
  const mixed = blendClasses(blend, network, head, k);
  let loss = 0;
  for (let r = 0; r < truth.length; r++) loss -= Math.log(Math.max(LEAST, mixed[r * k + truth[r]!]!));
  return loss;
}

/**
 * The least probability of a class that belongs to a prediction set: held-out labels had at least as much as often as the level
 * says (split conformal prediction with the score 1 − p(label); Sadinle, Lei and Wasserman, JASA 2019).
 * @returns none where there are too few held-out labels for the level
 */
export function setThreshold(
  probabilities: Float64Array,
  truth: ArrayLike<number>,
  k: number,
  level: number,
): number | undefined {
  const n = truth.length;
  const given = Float64Array.from({ length: n }, (_, r) => probabilities[r * k + truth[r]!]!).sort();
  // 1 − 0.9 is a little less than 0.1.
  const below = Math.floor((n + 1) * (1 - level) + 1e-9);
  return below < 1 ? undefined : given[below - 1]!;
}
