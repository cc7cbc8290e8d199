import { IcicleError, invalid } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { permutation, random } from '../core/random.js';
import { type Contender, REFERENCE } from './contenders.js';
import { type Encoding, encodeRows, encodeTarget, fitEncoding } from './encode.js';
import type { Row, TableSource } from './read.js';
import { type Answer, resampled } from './resample.js';
import type { Scan } from './scan.js';

export interface HoldoutRequest {
  readonly source: TableSource;
  readonly scan: Scan;
  readonly target: string;
  readonly contenders: readonly Contender[];
  /** Share of the labelled rows that is held out in each repeat, between 0 and 1. */
  readonly share: number;
  readonly repeats: number;
  /** Labelled rows that are shown in each repeat; all that are not held out (at most 300) if left out. */
  readonly examples?: number;
  readonly seed: number;
  /** Hash of the spec, for the rows. */
  readonly spec: string;
  readonly progress?: (done: number, total: number) => void;
}

/** At most this many labelled rows are shown in a repeat, and at most this many held-out rows are asked. */
export const MOST_SHOWN = 300;
export const MOST_ASKED = 100;

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

function splitSizes(labelled: number, request: HoldoutRequest): { shown: number; asked: number } {
  const { share, repeats, examples } = request;
  if (!(share > 0 && share < 1)) throw invalid('--holdout', share, 'a share between 0 and 1, such as 0.25');
  if (!Number.isInteger(repeats) || repeats < 1)
    throw invalid('--repeats', repeats, 'a whole number from 1, such as 20');
  const held = Math.max(1, Math.round(labelled * share));
  const left = labelled - held;
  if (left < 3)
    throw new IcicleError(
      `too few labelled rows: ${labelled}, of which --holdout ${share} leaves ${left} to learn from: at least 3 are ` +
        'needed; hold out less or label more rows',
    );
  if (examples !== undefined && (examples < 3 || examples > left))
    throw invalid(
      '--examples',
      examples,
      `3 to ${left} here: ${held} of ${labelled} labelled rows are held out`,
    );
  return { shown: Math.min(examples ?? left, MOST_SHOWN), asked: Math.min(held, MOST_ASKED) };
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
