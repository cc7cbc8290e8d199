/** Probabilities of K classes and the truth of rows that were held out. */
export interface HeldOutClasses {
  readonly k: number;
  /** [rows] */
  readonly truth: ArrayLike<number>;
  /** [rows,K] */
  readonly network: Float64Array;
  readonly head: Float64Array;
}

/** A logarithmic opinion pool: the blend is ∝ network^a · head^b, where a and b are these. */
export interface ClassBlend {
  readonly network: number;
  readonly head: number;
}

/**
 * The exponents before any label is seen, and the precision of the normal distribution around them: both have a say, and the
 * network, which has seen more of tables than a few labels tell, the greater one. Measured beside arithmetic means, other
 * centres and precisions on the tables of docs/evaluation.md.
 */
export const UNMEASURED: ClassBlend = { network: 0.65, head: 0.35 };
const PRECISION = 30;
/** Exponents are at most this. */
const MOST = 3;
/**
 * Probabilities below this are taken for it: one surprise should not decide everything, and nobody has a veto. Of more than ten
 * classes it is as much less as there are more of them, so that they do not crowd out the one that is sure.
 */
const LEAST = 1e-3;
const least = (k: number): number => LEAST * Math.min(1, 10 / k);

const EXPERTS = ['network', 'head'] as const;

/**
 * The likeliest exponents given the held-out labels: multinomial logistic regression on the logarithms of both probabilities,
 * with a normal prior, none below 0. Convex; solved by Newton steps on one exponent at a time. Where probabilities were too
 * certain the exponents fall together, where they were not certain enough they rise.
 */
export function fitClassBlend({ k, truth, network, head }: HeldOutClasses): ClassBlend {
  const logs = { network: logarithms(network, k), head: logarithms(head, k) };
  const lossOf = (blend: ClassBlend): number => {
    const pooled = pool(blend, logs, k);
    let loss = 0;
    for (let r = 0; r < truth.length; r++) loss -= Math.log(pooled[r * k + truth[r]!]!);
    for (const expert of EXPERTS) loss += (PRECISION / 2) * (blend[expert] - UNMEASURED[expert]) ** 2;
    return loss;
  };
  let blend = UNMEASURED;
  let loss = lossOf(blend);
  for (let sweep = 0; sweep < 50; sweep++) {
    const before = loss;
    for (const expert of EXPERTS) {
      let step = newtonStep(blend, expert, logs, truth, k);
      for (; Math.abs(step) > 1e-6; step /= 2) {
        const tried = { ...blend, [expert]: Math.max(0, Math.min(MOST, blend[expert] + step)) };
        const found = lossOf(tried);
        if (found > loss) continue;
        [blend, loss] = [tried, found];
        break;
      }
    }
    if (before - loss < 1e-9) break;
  }
  return blend;
}

type Logs = Readonly<Record<keyof ClassBlend, Float64Array>>;

const logarithms = (p: Float64Array, k: number): Float64Array => {
  const floor = least(k);
  return p.map((value) => Math.log(Math.max(floor, value)));
};

/** From an exponent to where the loss along it is least, if it were a parabola. */
function newtonStep(
  blend: ClassBlend,
  expert: keyof ClassBlend,
  logs: Logs,
  truth: ArrayLike<number>,
  k: number,
): number {
  const pooled = pool(blend, logs, k);
  const own = logs[expert];
  let slope = PRECISION * (blend[expert] - UNMEASURED[expert]);
  let curvature = PRECISION;
  for (let r = 0; r < truth.length; r++) {
    let [mean, square] = [0, 0];
    for (let c = r * k; c < (r + 1) * k; c++) {
      mean += pooled[c]! * own[c]!;
      square += pooled[c]! * own[c]! ** 2;
    }
    slope += mean - own[r * k + truth[r]!]!;
    curvature += square - mean ** 2;
  }
  return -slope / curvature;
}

/** The blended probabilities, [rows,K]. */
export const blendClasses = (
  blend: ClassBlend,
  network: Float64Array,
  head: Float64Array,
  k: number,
): Float64Array => pool(blend, { network: logarithms(network, k), head: logarithms(head, k) }, k);

/** Each row's softmax of the weighted logarithms. */
function pool({ network, head }: ClassBlend, logs: Logs, k: number): Float64Array {
  const pooled = logs.network.map((value, i) => network * value + head * logs.head[i]!);
  for (let at = 0; at < pooled.length; at += k) {
    const row = pooled.subarray(at, at + k);
    const largest = Math.max(...row);
    let sum = 0;
    for (let c = 0; c < k; c++) sum += row[c] = Math.exp(row[c]! - largest);
    for (let c = 0; c < k; c++) row[c]! /= sum;
  }
  return pooled;
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
