import { z } from 'zod';
import type { Measurement } from '../core/measurement.js';
import { random } from '../core/random.js';
import { parseSpec, specHash } from '../core/spec.js';
import { parseLearner } from '../learners/index.js';
import { expectations } from '../learners/theory.js';
import { excessErrors, meanRows } from '../measure/index.js';
import { linear } from '../tasks/index.js';
import { type PredictContext, predictAll } from './predictions.js';

/** What theory is held against, with its defaults. */
export const theorySchema = z.strictObject({
  /** d */
  inputs: z.int().min(2).max(64).default(8),
  /** σ of the labels */
  noise: z.number().min(0).default(0),
  /** Squared errors have long tails: with fewer, means lie beyond 3 standard errors more often than those of normals. */
  episodes: z.int().min(100).max(1_000_000).default(65_536),
  /** K, points of an episode. By default 2d + 1. */
  points: z.int().min(2).max(4096).optional(),
  seed: z.int().min(0).default(1),
});

export type TheoryOptions = z.input<typeof theorySchema>;

/** One learner after so many examples: what is expected, what was simulated, and how far apart they are. */
export interface Agreement {
  readonly learner: string;
  readonly source: string;
  readonly examples: number;
  /** Error ÷ d; infinite where its mean does not exist. */
  readonly expected: number;
  readonly simulated: Measurement;
  /** (simulated − expected) in standard errors; absent where the error has no mean or no variance. */
  readonly standardErrors?: number;
}

/** Differences below this are rounding: of no error at all, such as of least squares on more examples than inputs. */
const ROUNDING = 1e-12;

/**
 * Known expectations of textbook learners' errors beside simulated ones (x, w ~ N(0, I), errors on the label without
 * noise ÷ d), for every number of examples from 1.
 * @throws IcicleError where the options are wrong
 */
export async function theory(
  options: TheoryOptions = {},
  context: Omit<PredictContext, 'learners'> = {},
): Promise<{ agreements: Agreement[]; hash: string }> {
  const parsed = parseSpec('theory', theorySchema, options);
  const { inputs, noise, episodes, seed } = parsed;
  const spec = { ...parsed, points: parsed.points ?? 2 * inputs + 1 };
  const hash = specHash(spec);
  const known = expectations(inputs, noise, random(seed, 'theory'), 256);
  const family = linear({ inputs, noise });
  const learners = known.map(({ learner }) => parseLearner(learner));
  const { labels, predictions } = await predictAll(family, learners, spec, context);
  const agreements: Agreement[] = [];
  for (const [i, { learner, source, error, hasVariance = () => true }] of known.entries()) {
    const values = excessErrors({ ...labels, truth: labels.truth ?? labels.y }, predictions[i]!);
    const perInput = { ...values, values: values.values.map((value) => value / inputs) };
    const about = { family: family.name, learner, seed, spec: hash };
    const rows = meanRows(perInput, 'excess-squared-error/d', about, { trials: 200 });
    for (const simulated of rows.slice(1)) {
      const { examples } = simulated;
      const { value: expected, standardError } = error(examples);
      const spread = Math.hypot(standardErrorOf(perInput.values, spec.points, examples), standardError);
      const distance = simulated.value - expected;
      agreements.push({
        learner,
        source,
        examples,
        expected,
        simulated,
        ...(Number.isFinite(expected) && hasVariance(examples)
          ? { standardErrors: Math.abs(distance) < ROUNDING ? 0 : distance / spread }
          : {}),
      });
    }
  }
  return { agreements, hash };

  /** Of the mean of values [E,K] at one point. */
  function standardErrorOf(all: Float64Array, points: number, k: number): number {
    let [sum, squares] = [0, 0];
    for (let e = 0; e < episodes; e++) {
      sum += all[e * points + k]!;
      squares += all[e * points + k]! ** 2;
    }
    return Math.sqrt((squares / episodes - (sum / episodes) ** 2) / (episodes - 1));
  }
}
