import type { Measurement } from '../core/measurement.js';
import { permutation, random } from '../core/random.js';
import { type Contender, REFERENCE } from './contenders.js';
import { type Encoding, encodeRows, encodeTarget, fitEncoding } from './encode.js';
import { type Answer, resampled } from './resample.js';
import type { Scan } from './scan.js';
import { type Splits, splitSizes } from './splits.js';
import type { Row, TableSource } from './table.js';

export interface HoldoutRequest extends Splits {
  readonly source: TableSource;
  readonly scan: Scan;
  readonly target: string;
  readonly contenders: readonly Contender[];
  readonly seed: number;
  /** Hash of the spec, for the rows. */
  readonly spec: string;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Repeated held-out comparison. Every repeat splits the labelled rows anew; every contender learns from the same shown
 * rows and is asked for the same held-out ones. The encoding is fitted on the shown rows alone. Metrics, over the held-out
 * rows of all repeats: `rmse` and `mae` in the target's units, `r2` = 1 − squared error ÷ that of the shown rows' mean,
 * and `rmse-ratio` to ridge. The 90 % intervals are paired (every contender in the same resamples) and resample
 * repeats and rows both, since a row is held out in several repeats.
 * @throws IcicleError: a share or number that cannot be, too few labelled rows
 */
export async function holdout(request: HoldoutRequest): Promise<Measurement[]> {
  const { source, scan, contenders, repeats, seed } = request;
  const sizes = splitSizes(scan.examples.length, request);
  const answers: Answer[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    request.progress?.(repeat, repeats);
    const { shown, asked, encoding } = split(request, sizes, repeat);
    const rows = shown.map((i) => scan.examples[i]!);
    const questions = asked.map((i) => scan.examples[i]!);
    const x = encodeRows(encoding, source, rows);
    const y = encodeTarget(encoding, source, rows);
    const queries = encodeRows(encoding, source, questions);
    const { mean, scale } = encoding.target;
    const truth = encodeTarget(encoding, source, questions).map((value) => value * scale + mean);
    const errors: Float64Array[] = [];
    for (const contender of contenders) {
      const predict = await contender.fit({ encoding, x, y, seed: seed * 1009 + repeat });
      errors.push((await predict(queries)).map((value, i) => value - truth[i]!));
    }
    asked.forEach((row, i) => {
      answers.push({
        repeat,
        row,
        errors: errors.map((own) => own[i]!),
        fromMean: truth[i]! - mean,
      });
    });
  }
  request.progress?.(repeats, repeats);
  const names = contenders.map(({ name }) => name);
  return resampled(answers, names, REFERENCE, seed).map((row) => ({
    family: source.name,
    ...row,
    examples: sizes.shown,
    episodes: answers.length,
    seed,
    spec: request.spec,
  }));
}

/** Draws until the shown rows have more than one label; a table with few labels may need several draws. */
function split(
  request: HoldoutRequest,
  sizes: { shown: number; asked: number },
  repeat: number,
): { shown: number[]; asked: number[]; encoding: Encoding } {
  const { source, scan, target, seed } = request;
  for (let attempt = 0; ; attempt++) {
    const order = permutation(scan.examples.length, random(seed, 'table', 'split', repeat, attempt));
    const shown = order.slice(0, sizes.shown);
    const rows: Row[] = shown.map((i) => scan.examples[i]!);
    try {
      const encoding = fitEncoding(source, scan.columns, target, rows);
      return { shown, asked: order.slice(order.length - sizes.asked), encoding };
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}
