import { z } from 'zod';
import type { Random } from '../core/random.js';
import { parseSpec } from '../core/spec.js';
import { type Hypotheses, posteriorMean } from '../learners/posterior.js';
import { choose, type Family, makeFamily, subset, subsets, type Task } from './family.js';
import { inputsOption, share } from './options.js';

/** Options of the family `boolean`. */
export const booleanSchema = z
  .strictObject({
    family: z.literal('boolean').default('boolean'),
    /** D, inputs of a point, each −1 or 1. */
    inputs: inputsOption(28),
    rule: z
      .enum(['conjunction', 'majority', 'sparse-parity'], {
        error: 'must be "conjunction", "majority" or "sparse-parity"',
      })
      .default('conjunction'),
    /** The probability that an input takes part in a conjunction (negated in half of the cases) or majority. */
    literals: share.default(0.3),
    /** How many inputs take part in a sparse parity. */
    size: z.int().min(1).default(2),
    /** The probability that a point is made to satisfy the conjunction, so that it is not almost always false. */
    positive: share.lt(1, 'must be below 1').default(0.3),
  })
  .refine(({ rule, size, inputs }) => rule !== 'sparse-parity' || size <= inputs, {
    error: 'is more than there are inputs; raise inputs or lower size',
    path: ['size'],
  });

export type BooleanSpec = z.output<typeof booleanSchema>;
export type BooleanOptions = z.input<typeof booleanSchema>;

/** With more functions than this the Bayes predictor is not offered: it tries all of them. */
const MOST_FUNCTIONS = 32_768;

/**
 * Boolean functions of x ∈ {−1, 1}^D, uniform, with labels −1 and 1 (Bhattamishra et al., arXiv 2310.03016; their code).
 * `conjunction`: each input takes part with probability 0.3, half of them negated; true where all agree; 30 % of the points
 * are made to satisfy it. `majority`: each input takes part with probability 0.3; true where the sum of those is above 0.
 * `sparse-parity`: of `size` inputs, all sets as likely, an odd number is 1. Bayes: the mean over all functions that agree
 * with the examples, weighted by their prior, and in a conjunction by how likely they make the inputs; up to 2^15 functions.
 * @throws IcicleError (exit code 2) where the options do not fit `booleanSchema`.
 */
export function boolean(options: BooleanOptions = {}): Family<BooleanSpec> {
  const spec = parseSpec('family boolean', booleanSchema, options);
  const { inputs, rule, positive } = spec;
  const forced = rule === 'conjunction' && positive > 0;
  return makeFamily({
    name: 'boolean',
    spec,
    inputs,
    classes: true,
    sigma: 0,
    entangled: forced ? 'inputs' : undefined,
    episode: (points, stream) => {
      const part = drawPart(spec, stream);
      const x = Float64Array.from({ length: points * inputs }, () => (stream.uniform() < 0.5 ? -1 : 1));
      for (let k = 0; forced && k < points; k++)
        if (stream.uniform() < positive)
          for (let j = 0; j < inputs; j++) if (part[j] !== 0) x[k * inputs + j] = part[j]!;
      return { x, task: booleanTask(spec, part), noise: 0 };
    },
    bayesUnder: countOf(spec) <= MOST_FUNCTIONS ? (sigma) => bayesOf(spec, sigma) : undefined,
  });
}

/** Which inputs take part, [D]: 0 for not, 1, and in conjunctions −1 for negated. */
function drawPart({ inputs, rule, literals, size }: BooleanSpec, stream: Random): Int8Array {
  const part = new Int8Array(inputs);
  if (rule === 'sparse-parity') for (const j of subset(inputs, size, stream)) part[j] = 1;
  else
    for (let j = 0; j < inputs; j++) {
      const u = stream.uniform();
      if (u < literals) part[j] = rule === 'conjunction' && u < literals / 2 ? -1 : 1;
    }
  return part;
}

function booleanTask({ rule }: BooleanSpec, part: Int8Array): Task {
  const used = Array.from(part.keys()).filter((j) => part[j] !== 0);
  const truth = (value: boolean) => (value ? 1 : -1);
  if (rule === 'conjunction')
    return { at: (x, from) => truth(used.every((j) => x[from + j]! > 0 === part[j]! > 0)) };
  if (rule === 'majority')
    return { at: (x, from) => truth(used.reduce((sum, j) => sum + (x[from + j]! > 0 ? 1 : -1), 0) > 0) };
  return { at: (x, from) => truth(used.reduce((odd, j) => odd !== x[from + j]! > 0, false)) };
}

function countOf({ inputs, rule, size }: BooleanSpec): number {
  if (rule === 'sparse-parity') return choose(inputs, size);
  return (rule === 'conjunction' ? 3 : 2) ** inputs;
}

function bayesOf(spec: BooleanSpec, sigma: number) {
  let known: Hypotheses | undefined;
  return posteriorMean('bayes', () => (known ??= hypothesesOf(spec)), sigma);
}

function hypothesesOf(spec: BooleanSpec): Hypotheses {
  const { inputs, rule, literals, size, positive } = spec;
  const classes = true;
  if (rule === 'sparse-parity') {
    const sets = subsets(inputs, size);
    return {
      classes,
      tasks: sets.map((set) => {
        const part = new Int8Array(inputs);
        for (const j of set) part[j] = 1;
        return booleanTask(spec, part);
      }),
    };
  }
  const signs = rule === 'conjunction' ? [0, 1, -1] : [0, 1];
  const each = literals / (signs.length - 1);
  const parts: Int8Array[] = Array.from({ length: signs.length ** inputs }, (_, code) =>
    Int8Array.from({ length: inputs }, (_, j) => signs[Math.floor(code / signs.length ** j) % signs.length]!),
  ).filter((part) => part.every((sign) => (sign === 0 ? literals < 1 : literals > 0)));
  const sizes = parts.map((part) => part.filter((sign) => sign !== 0).length);
  const tasks = parts.map((part) => booleanTask(spec, part));
  const logPrior = Float64Array.from(
    sizes,
    (used) =>
      (used === 0 ? 0 : used * Math.log(each)) +
      (used === inputs ? 0 : (inputs - used) * Math.log(1 - literals)),
  );
  if (rule === 'majority' || positive === 0) return { classes, tasks, logPrior };
  // A point that satisfies a conjunction of s inputs is drawn as such, or made so from any of 2^s: density ×(1−p) + p 2^s.
  const satisfied = sizes.map((used) => Math.log(1 - positive + positive * 2 ** used));
  const not = Math.log(1 - positive);
  return { classes, tasks, logPrior, logInput: (i, value) => (value > 0 ? satisfied[i]! : not) };
}
