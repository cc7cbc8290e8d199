import { z } from 'zod';
import type { TaskFamily } from '../core/episodes.js';
import { unknown, unsupported } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { parseSpec, specHash } from '../core/spec.js';
import { meanRows, squaredErrors } from '../measure/index.js';
import { type FamilySpec, parseFamily } from '../tasks/index.js';
import { type PredictContext, predictAll, resolveLearners } from './predictions.js';

/** A family that a learner was not made for: a name, and the spec around the family that it was made for. */
interface Shift {
  readonly name: string;
  readonly spec: (of: FamilySpec, inputs: number) => FamilySpec;
  /** Only with fewer examples than inputs: more leave no room for a query that is orthogonal to all. */
  readonly fewExamples?: boolean;
}

const by = (family: 'scaled-inputs' | 'scaled-weights', label: string) =>
  [1 / 3, 1 / 2, 2, 3].map(
    (factor): Shift => ({
      name: `${label} × ${factor < 1 ? `1/${Math.round(1 / factor)}` : factor}`,
      spec: (of) => ({ family, by: factor, of }),
    }),
  );

/** The distribution shifts of Garg et al., arXiv 2208.01066, §4 and appendix B. */
const SUITE: readonly Shift[] = [
  { name: 'none', spec: (of) => of },
  { name: 'skewed covariance', spec: (of) => ({ family: 'skewed', of }) },
  { name: 'subspace of d/2', spec: (of) => ({ family: 'subspace', of }) },
  { name: 'noisy labels', spec: (of, inputs) => ({ family: 'noisy', sigma: Math.sqrt(inputs / 20), of }) },
  { name: 'examples in an orthant', spec: (of) => ({ family: 'orthant', of }) },
  { name: 'orthogonal query', spec: (of) => ({ family: 'orthogonal-query', of }), fewExamples: true },
  { name: 'query is an example', spec: (of) => ({ family: 'repeated-query', of }) },
  ...by('scaled-inputs', 'inputs'),
  ...by('scaled-weights', 'weights'),
];

/** The names of the suite, in order. */
export const shiftNames: readonly string[] = SUITE.map(({ name }) => name);

export const shiftsSchema = z.strictObject({
  /** The family that is shifted: its name, or its whole spec. */
  family: z.union([z.string(), z.looseObject({ family: z.string() })], {
    error: 'must be a name or {"family": name, …}',
  }),
  learners: z.array(z.string()).min(1, 'name at least one learner'),
  /** Which shifts; all by default. */
  shifts: z.array(z.string()).min(1).optional(),
  models: z.record(z.string(), z.string()).optional(),
  /** Numbers of examples at which errors are measured. By default d/2, d and 2d. */
  examples: z.array(z.int().min(1).max(4095)).min(1).optional(),
  episodes: z.int().min(2).max(1_000_000).default(1280),
  seed: z.int().min(0).default(1),
  level: z.number().gt(0).lt(1).default(0.9),
  trials: z.int().min(10).max(100_000).default(1000),
});

export type ShiftsSpec = z.output<typeof shiftsSchema>;
export type ShiftsOptions = z.input<typeof shiftsSchema>;

/**
 * Learners under distribution shifts (Garg et al., 2022): rows `error/variance`, the mean squared error ÷ the variance of
 * the labels under the shift (1: no better than predicting 0), with the shift's name in `family`. Where only an episode's last
 * point is the query (`Episodes.asked`), episodes of each length are drawn.
 * @throws IcicleError where the spec is wrong or a learner cannot take the episodes
 */
export async function compareShifts(
  options: ShiftsOptions,
  context: PredictContext = {},
): Promise<{ rows: Measurement[]; spec: ShiftsSpec; hash: string }> {
  const parsed = parseSpec('comparison under shifts', shiftsSchema, options);
  const base = parseFamily(parsed.family);
  const d = base.inputs;
  if (d < 2) throw unsupported('inputs', d, 'shifts need at least 2');
  const examples = [...new Set(parsed.examples ?? [Math.ceil(d / 2), d, 2 * d])].sort((a, b) => a - b);
  const suite = (parsed.shifts ?? shiftNames).map((name) => {
    const shift = SUITE.find((known) => known.name === name);
    if (shift === undefined) throw unknown('shift', name, shiftNames);
    return shift;
  });
  const longest = examples.at(-1)! + 1;
  const check = resolveLearners(parsed.learners, context.learners ?? [], base, longest);
  const spec: ShiftsSpec = {
    ...parsed,
    family: base.spec,
    learners: check.map(({ name }) => name),
    shifts: suite.map(({ name }) => name),
    examples,
  };
  const hash = specHash(spec);

  const rows: Measurement[] = [];
  for (const [done, shift] of suite.entries()) {
    context.onProgress?.({ stage: 'predict', done, total: suite.length });
    const family = parseFamily(shift.spec(base.spec, d));
    const asked = examples.filter((n) => shift.fewExamples !== true || n < d);
    rows.push(...(await shifted(family, shift.name, asked, spec, hash, context)));
  }
  context.onProgress?.({ stage: 'predict', done: suite.length, total: suite.length });
  return { rows, spec, hash };
}

/** One shift: rows of each learner after each number of examples. */
async function shifted(
  family: TaskFamily,
  name: string,
  examples: readonly number[],
  spec: ShiftsSpec,
  hash: string,
  { onProgress: _, ...context }: PredictContext,
): Promise<Measurement[]> {
  const rows: Measurement[] = [];
  for (const n of examples) {
    const learners = resolveLearners(spec.learners, context.learners ?? [], family, n + 1);
    const { labels, predictions } = await predictAll(family, learners, { ...spec, points: n + 1 }, context);
    const { episodes, points } = labels;
    const last = Float64Array.from({ length: episodes }, (_, e) => labels.y[e * points + n]!);
    const variance = last.reduce((sum, y) => sum + y * y, 0) / episodes;
    for (const [i, { name: learner }] of learners.entries()) {
      const errors = squaredErrors(labels, predictions[i]!).values;
      const values = Float64Array.from({ length: episodes }, (_, e) => errors[e * points + n]! / variance);
      const about = { family: name, learner, seed: spec.seed, spec: hash };
      const [row] = meanRows({ values, episodes, points: 1 }, 'error/variance', about, spec);
      rows.push({ ...row!, examples: n });
    }
  }
  return rows;
}
