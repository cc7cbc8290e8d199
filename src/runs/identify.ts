import { z } from 'zod';
import type { Learner, Predictions } from '../core/episodes.js';
import { unsupported } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { parseSpec, specHash } from '../core/spec.js';
import { gd, newton, ridge } from '../learners/index.js';
import {
  type Candidate,
  fitParameter,
  identify as identifyRows,
  overExamples,
  squaredDifferences,
  type Verdict,
  verdicts,
} from '../measure/index.js';
import { parseFamily, type SpecifiedFamily } from '../tasks/index.js';
import {
  examplesMeasured,
  onlyAsked,
  type PredictContext,
  predictAll,
  resolveLearners,
  turn,
} from './predictions.js';

/** What an identification is asked for, with its defaults. */
export const identifySchema = z.strictObject({
  /** The family's name, or its whole spec. */
  family: z.union([z.string(), z.looseObject({ family: z.string() })], {
    error: 'must be a name or {"family": name, …}',
  }),
  /** The learner in question: the name of one that is handed over, or a text that `parseLearner` reads. */
  learner: z.string(),
  /** What it may turn out to be. By default the textbook learners of the paper, and the family's Bayes predictor. */
  candidates: z.array(z.string()).min(2, 'name at least two candidates').optional(),
  /** What else it may turn out to be, where candidates are left out. */
  also: z.array(z.string()).optional(),
  /** Hash of the weights of a model that is handed over: part of the spec's hash. */
  model: z.string().optional(),
  episodes: z.int().min(2).max(1_000_000).default(1024),
  /** K, points of an episode. By default 2d + 1: contexts of 0 to 2d examples. */
  points: z.int().min(2).max(4096).optional(),
  seed: z.int().min(0).default(1),
  /** Which parameters are fitted: all where absent. */
  fits: z.array(z.enum(['ridge-λ', 'gd-steps', 'newton-steps'])).optional(),
  level: z.number().gt(0).lt(1).default(0.9),
  trials: z.int().min(10).max(100_000).default(1000),
});

export type IdentifySpec = Omit<z.output<typeof identifySchema>, 'also'>;
export type IdentifyOptions = z.input<typeof identifySchema>;

export interface Identification {
  /** `spd/d` and `margin/d` to each candidate, and `best-…` of the parameters that match best. */
  readonly rows: Measurement[];
  /** What the rows say, by number of examples, the mean over a range last: 1…2d examples, or the last that are asked. */
  readonly verdicts: Verdict[];
  readonly spec: IdentifySpec;
  readonly hash: string;
}

/** Predicting 0, as untrained models nearly do, the textbook learners of Akyürek et al., §4.3, and one-step gradient descent at its best rate. */
const CANDIDATES = [
  'zero',
  'mean',
  'averaging',
  'knn:3',
  'knn:3:weighted',
  'sgd:0.01',
  'gd:1',
  'ridge:0.1',
  'ols',
];

/** Learners with one parameter, over whose grid, ascending, the best match is looked for. */
export const FITS: readonly {
  readonly metric: string;
  readonly grid: readonly number[];
  readonly between: 'log' | 'none';
  readonly make: (parameter: number) => Learner;
}[] = [
  {
    metric: 'best-ridge-λ',
    grid: Array.from({ length: 61 }, (_, i) => 10 ** ((i - 40) / 10)),
    between: 'log',
    make: (lambda) => ridge({ lambda }),
  },
  {
    metric: 'best-gd-steps',
    grid: [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256],
    between: 'none',
    make: (steps) => gd({ steps }),
  },
  {
    metric: 'best-newton-steps',
    grid: Array.from({ length: 21 }, (_, i) => i),
    between: 'none',
    make: (steps) => newton({ steps }),
  },
];

/**
 * Whose predictions a learner's resemble: the nearest candidate for each number of examples and over 1…2d of them, how
 * much farther the others are, and the λ of ridge and the numbers of gradient and Newton steps that match it best, each
 * with an interval by bootstrap over episodes. Of a family that asks some points only (`Episodes.asked`), those are
 * measured.
 * @throws IcicleError where the spec is wrong or a learner cannot take the episodes
 */
export async function identify(
  options: IdentifyOptions,
  context: PredictContext = {},
): Promise<Identification> {
  const { family, subject, candidates, spec } = prepare(options, context.learners ?? []);
  const hash = specHash(spec);
  const about = { family: family.name, learner: subject.name, seed: spec.seed, spec: hash };
  const points = spec.points!;

  const wanted = FITS.filter(({ metric }) => spec.fits?.some((name) => metric === `best-${name}`) ?? true);
  const fits = wanted.map((fit) => ({ ...fit, learners: fit.grid.map(fit.make) }));
  const all = [subject, ...candidates, ...fits.flatMap(({ learners }) => learners)];
  const { predictions, asked } = await predictAll(family, all, { ...spec, points }, context);
  const range = examplesMeasured(family, points, asked);
  const [own, ...others] = predictions;
  const distinct = merged(
    candidates.map(({ name }, i) => ({ name, predictions: others[i]! })),
    asked,
  );
  await turn(context, { stage: 'measure', done: 0, total: fits.length + 1 });
  const rows = onlyAsked(identifyRows(own!, distinct, family.inputs, range, about, spec), asked);

  let at = candidates.length;
  for (const [done, { metric, grid, between }] of fits.entries()) {
    await turn(context, { stage: 'measure', done: done + 1, total: fits.length + 1 });
    const distances = grid.map(
      (_, i) => overExamples(squaredDifferences(own!, others[at + i]!), ...range).values,
    );
    at += grid.length;
    const { value, low, high } = fitParameter(grid, distances, between, spec);
    rows.push({
      ...about,
      metric: `${metric}@${range.join('-')}`,
      examples: range[1],
      value,
      low,
      high,
      episodes: spec.episodes,
    });
  }
  return { rows, verdicts: verdicts(rows), spec, hash };
}

function prepare(options: IdentifyOptions, handed: readonly Learner[]) {
  const { also = [], ...parsed } = parseSpec('identification', identifySchema, options);
  const family = parseFamily(parsed.family);
  const points = parsed.points ?? 2 * family.inputs + 1;
  const names = parsed.candidates ?? [...new Set([...defaults(family), ...also])];
  const [subject] = resolveLearners([parsed.learner], handed, family, points);
  const candidates = resolveLearners(names, [], family, points);
  if (family.inputs > 64)
    throw unsupported('inputs', family.inputs, 'identification is for up to 64; ask for fewer');
  const spec: IdentifySpec = {
    ...parsed,
    family: family.spec,
    learner: subject!.name,
    candidates: candidates.map(({ name }) => name),
    points,
  };
  return { family, subject: subject!, candidates, spec };
}

const defaults = (family: SpecifiedFamily) =>
  family.bayes === undefined ? CANDIDATES : [...CANDIDATES, 'bayes'];

/** Predictions that differ by less than this part of the largest are those of one learner under two names. */
const SAME = 1e-9;

/** Candidates with the same predictions, such as `ols` and `bayes` where there is no noise, as one: `ols = bayes`. */
export function merged(candidates: readonly Candidate[], asked: readonly number[] | undefined): Candidate[] {
  const found: Candidate[] = [];
  for (const candidate of candidates) {
    const at = found.findIndex(({ predictions }) => same(predictions, candidate.predictions, asked));
    if (at < 0) found.push(candidate);
    else found[at] = { ...found[at]!, name: `${found[at]!.name} = ${candidate.name}` };
  }
  return found;
}

function same(a: Predictions, b: Predictions, asked: readonly number[] | undefined): boolean {
  let [difference, size] = [0, 0];
  a.values.forEach((value, i) => {
    if (asked?.includes(i % a.points) ?? true)
      difference = Math.max(difference, Math.abs(value - b.values[i]!));
    size = Math.max(size, Math.abs(value), Math.abs(b.values[i]!));
  });
  return difference <= SAME * size;
}
