import { topOf } from '../trust/quality.js';

/** What is measured of one split, by metric. */
export type Scores = Readonly<Record<string, number>>;

/** Metrics of which more is better; of the others less is. */
export const MORE_IS_BETTER: ReadonlySet<string> = new Set(['auc', 'accuracy', 'r2']);

/** Probabilities below this are taken for it, and rows then sum to 1 again: the same for all learners, some of which say 0. */
const LEAST = 1e-3;
/** Bins of equal width of the calibration error. */
const BINS = 10;

/**
 * Of rows with classes: `auc`, the mean over classes that both occur and do not of the area under the ROC curve of one against
 * the rest; `log-loss`; `accuracy`; `ece`, the expected calibration error of the likeliest class (Guo et al. 2017, ten bins).
 * @param probabilities [rows,K] @param truth [rows]
 */
export function classScores(probabilities: Float64Array, truth: Int32Array, k: number): Scores {
  const rows = truth.length;
  const floored = probabilities.map((p) => Math.max(LEAST, p));
  let [loss, right] = [0, 0];
  const bins = Array.from({ length: BINS }, () => ({ sure: 0, right: 0 }));
  for (let r = 0; r < rows; r++) {
    const own = floored.subarray(r * k, (r + 1) * k);
    const sum = own.reduce((a, b) => a + b);
    loss -= Math.log(own[truth[r]!]! / sum) / rows;
    const top = topOf(own);
    const hit = top === truth[r] ? 1 : 0;
    right += hit / rows;
    const bin = bins[Math.min(BINS - 1, Math.floor((own[top]! / sum) * BINS))]!;
    bin.sure += own[top]! / sum;
    bin.right += hit;
  }
  const areas = Array.from({ length: k }, (_, c) =>
    areaUnderCurve(
      Float64Array.from({ length: rows }, (_, r) => probabilities[r * k + c]!),
      truth.map((label) => (label === c ? 1 : 0)),
    ),
  ).filter((area) => area !== undefined);
  return {
    auc: areas.reduce((a, b) => a + b, 0) / areas.length,
    'log-loss': loss,
    accuracy: right,
    ece: bins.reduce((sum, bin) => sum + Math.abs(bin.sure - bin.right) / rows, 0),
  };
}

/** The share of pairs of a positive and a negative row in which the positive one scores higher, ties half; none without both. */
function areaUnderCurve(scores: Float64Array, positive: Int32Array): number | undefined {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const count = positive.reduce((a, b) => a + b, 0);
  const negatives = positive.length - count;
  if (count === 0 || negatives === 0) return undefined;
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && scores[order[to + 1]!] === scores[order[from]!]) to++;
    for (let i = from; i <= to; i++) if (positive[order[i]!] === 1) ranks += (from + to) / 2 + 1;
    from = to + 1;
  }
  return (ranks - (count * (count + 1)) / 2) / (count * negatives);
}

/**
 * Of rows with numbers: `r2`, 1 − squared error ÷ that of the asked rows' own mean; `rmse` and `mae` in the target's units; with
 * intervals also `coverage`, the share that holds the truth, and `width` in standard deviations of the asked rows.
 * @param truth [rows] @param intervals low and high of each row, [rows,2]
 */
export function numberScores(values: Float64Array, truth: Float64Array, intervals?: Float64Array): Scores {
  const rows = truth.length;
  const mean = truth.reduce((a, b) => a + b, 0) / rows;
  const variance = truth.reduce((sum, y) => sum + (y - mean) ** 2, 0) / rows;
  const deviation = Math.sqrt(variance);
  let [squares, absolute, inside, width] = [0, 0, 0, 0];
  for (let r = 0; r < rows; r++) {
    const error = values[r]! - truth[r]!;
    squares += error ** 2 / rows;
    absolute += Math.abs(error) / rows;
    if (intervals === undefined) continue;
    const [low, high] = [intervals[2 * r]!, intervals[2 * r + 1]!];
    if (low <= truth[r]! && truth[r]! <= high) inside += 1 / rows;
    width += (high - low) / rows;
  }
  return {
    r2: 1 - squares / variance,
    rmse: Math.sqrt(squares),
    mae: absolute,
    ...(intervals === undefined ? {} : { coverage: inside, width: width / deviation }),
  };
}
