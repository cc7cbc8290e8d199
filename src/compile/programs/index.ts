import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { z } from 'zod';
import type { Episodes } from '../../core/episodes.js';
import { invalid, unknown } from '../../core/errors.js';
import { random } from '../../core/random.js';
import { parseSpec } from '../../core/spec.js';
import { type Family, parseFamily } from '../../tasks/index.js';
import type { Program } from '../program.js';
import { type TargetName, targetNames } from '../targets.js';
import { cg } from './cg.js';
import { gd } from './gd.js';
import { gdpp } from './gdpp.js';
import { lasso } from './lasso.js';
import { logistic } from './logistic.js';
import { mesa } from './mesa.js';
import { newton } from './newton.js';
import { ridge } from './ridge.js';
import { ridgeHoldout } from './ridge-holdout.js';
import { sgd } from './sgd.js';

/** What every program is given. */
interface Sizes {
  readonly inputs: number;
  readonly examples: number;
  readonly target: TargetName;
  readonly lambda: number;
  readonly rate: number;
  readonly steps: number;
  readonly gamma: number;
  /** The largest eigenvalue of XᵀX, where it is measured. */
  readonly largest?: (() => number) | undefined;
}

interface Entry {
  readonly about: string;
  /** The numbers that it depends on, besides its sizes, with their defaults. */
  readonly options: Partial<Pick<Sizes, 'lambda' | 'rate' | 'steps' | 'gamma'>>;
  readonly target: TargetName;
  make(sizes: Sizes): Program;
}

const listed = {
  ridge: {
    about: 'ridge regression by Sherman and Morrison’s formula, example by example (Theorem 2)',
    options: { lambda: 0.5 },
    target: 'faithful',
    make: ridge,
  },
  sgd: {
    about: 'one pass of stochastic gradient descent (with one example: Theorem 1)',
    options: { rate: 0.03, lambda: 0 },
    target: 'faithful',
    make: sgd,
  },
  gd: {
    about: 'steps of gradient descent on all examples',
    options: { steps: 4, rate: 0.01, lambda: 0 },
    target: 'linear',
    make: gd,
  },
  gdpp: {
    about: 'steps of GD++, gradient descent that also improves the curvature of what it descends',
    options: { steps: 4, rate: 0.01, gamma: 0.01 },
    target: 'linear',
    make: gdpp,
  },
  newton: {
    about: 'ridge regression by Newton’s iteration for the inverse',
    options: { lambda: 0.5 },
    target: 'no-norm',
    make: newton,
  },
  cg: {
    about: 'conjugate gradient steps for ridge regression',
    // A smaller λ than 2 needs float64, or a larger tolerance.
    options: { lambda: 2, steps: 4 },
    target: 'faithful',
    make: cg,
  },
  lasso: {
    about: 'lasso by proximal gradient steps with momentum (its α is given as λ)',
    options: { lambda: 0.1, steps: 64 },
    target: 'relu',
    make: lasso,
  },
  logistic: {
    about: 'logistic regression on labels −1 and 1 by gradient steps',
    options: { lambda: 1, rate: 0.1, steps: 16 },
    target: 'no-norm',
    make: logistic,
  },
  'ridge-holdout': {
    about: 'ridge regression whose λ, 4λ, 16λ or 64λ is chosen by examples that are held out',
    options: { lambda: 0.5 },
    target: 'no-norm',
    make: ridgeHoldout,
  },
  mesa: {
    about: 'ridge regression as one mesa layer',
    options: { lambda: 0.5 },
    target: 'mesa',
    make: mesa,
  },
} as const satisfies Record<string, Entry>;

export type ProgramName = keyof typeof listed;
export const programNames = Object.keys(listed) as ProgramName[];
export const aboutPrograms: Readonly<Record<ProgramName, Entry>> = listed;

/** A program that ships, its sizes and its target: all that compiled weights depend on. */
const compileSpec = z.strictObject({
  program: z.enum(programNames),
  /** D */
  inputs: z.int().min(1).max(64).default(4),
  /** The most examples of a prompt. */
  examples: z.int().min(1).max(256).default(8),
  target: z.enum(targetNames).optional(),
  /** The arithmetic that scales are chosen for. */
  precision: z.enum(['float64', 'float32']).default('float32'),
  lambda: z.number().min(0).optional(),
  rate: z.number().positive('must be greater than 0').optional(),
  steps: z.int().min(1).max(256).optional(),
  gamma: z.number().min(0).optional(),
  /** The tasks whose numbers it is made for, as in `icicle compare --family`. Default: the program's own, mostly x, w ~ N(0, I). */
  family: z.unknown().optional(),
});

export type CompileSpec = z.input<typeof compileSpec>;
export type CompleteCompileSpec = z.output<typeof compileSpec> & { readonly target: TargetName };

/**
 * A spec with its defaults, and its program.
 * @throws IcicleError (exit code 2) where a program, key or value is wrong, or the program has no such option
 */
export function programOf(value: CompileSpec): { spec: CompleteCompileSpec; program: Program } {
  if (typeof value.program === 'string' && !Object.hasOwn(listed, value.program))
    throw unknown('program', value.program, programNames);
  const parsed = parseSpec('compile spec', compileSpec, value);
  const entry: Entry = listed[parsed.program];
  for (const key of ['lambda', 'rate', 'steps', 'gamma'] as const)
    if (parsed[key] !== undefined && entry.options[key] === undefined)
      throw invalid(
        key,
        parsed[key],
        `the program ${parsed.program} has none; it takes ${Object.keys(entry.options).join(', ')}`,
      );
  if (parsed.lambda === 0 && entry.options.lambda !== 0)
    throw invalid('lambda', 0, `the program ${parsed.program} needs a λ greater than 0`);
  const spec = { ...parsed, ...withDefaults(entry.options, parsed), target: parsed.target ?? entry.target };
  const { inputs, examples, target, lambda = 0, rate = 0, steps = 0, gamma = 0 } = spec;
  const sizes = { inputs, examples, target, lambda, rate, steps, gamma };
  if (spec.family === undefined) return { spec, program: entry.make(sizes) };
  const family = familyFor(spec.family, inputs);
  const seen = family.sample({
    episodes: SEEN,
    points: examples + 1,
    seed: 0,
    stream: random(0, 'programs'),
  });
  if (!seen.x.every((value) => Math.abs(value) < HUGE))
    throw invalid(
      'family',
      family.name,
      `its inputs have numbers beyond ${HUGE.toExponential(0)}; scale them`,
    );
  const program = entry.make({ ...sizes, largest: () => MARGIN * largestEigenvalueOf(seen) });
  if (program.signs === true && seen.y.some((label) => Math.abs(label) !== 1))
    throw invalid(
      'family',
      family.name,
      `the program ${parsed.program} takes labels −1 and 1, such as those of linear-classification`,
    );
  return { spec: { ...spec, family: family.spec }, program: { ...program, family: family.spec } };
}

/** Prompts of a family that are looked at, and by how much others may exceed the largest eigenvalue of theirs. */
const [SEEN, MARGIN] = [64, 1.5] as const;
/** Beyond it squares of float32 are not finite. */
const HUGE = 1e18;

function familyFor(value: unknown, inputs: number): Family {
  const named = typeof value === 'string' ? { family: value } : value;
  const isSpec = typeof named === 'object' && named !== null && !Array.isArray(named);
  const family = parseFamily(isSpec ? { inputs, ...named } : named);
  if (family.inputs === inputs) return family;
  throw invalid(
    'inputs of the family',
    family.inputs,
    `the program has ${inputs}; leave them out of the family`,
  );
}

/** Of XᵀX, over all prompts. */
function largestEigenvalueOf({ x, episodes, points, inputs }: Episodes): number {
  let largest = 0;
  for (let e = 0; e < episodes; e++) {
    const rows = Matrix.from1DArray(
      points,
      inputs,
      x.subarray(e * points * inputs, (e + 1) * points * inputs),
    );
    const { realEigenvalues } = new EigenvalueDecomposition(rows.transpose().mmul(rows), {
      assumeSymmetric: true,
    });
    largest = Math.max(largest, ...realEigenvalues);
  }
  return largest;
}

const withDefaults = (
  defaults: Entry['options'],
  given: { readonly [key in keyof Entry['options']]: number | undefined },
): Entry['options'] =>
  Object.fromEntries(
    Object.entries(defaults).map(([key, value]) => [key, given[key as keyof Entry['options']] ?? value]),
  );
