import type { Episodes } from '../core/episodes.js';
import { usageError } from '../core/errors.js';
import { random } from '../core/random.js';
import { specHash } from '../core/spec.js';
import { type Model, type ModelFiles, makeModel } from '../model/model.js';
import { type Family, parseFamily } from '../tasks/index.js';
import { allocate } from './passes/allocate.js';
import { assemble } from './passes/assemble.js';
import { type Budget, errorBudget } from './passes/budget.js';
import type { Plan } from './passes/plan.js';
import { measureRanges } from './passes/ranges.js';
import { chooseScales } from './passes/scales.js';
import { schedule } from './passes/schedule.js';
import type { Precision } from './passes/units.js';
import { validate } from './passes/validate.js';
import type { Program } from './program.js';
import { type CompileSpec, programOf } from './programs/index.js';
import { type TargetName, targetOf } from './targets.js';

/** The passes' results, in their order. */
export interface Planned extends Plan {
  readonly budget: Budget;
}

export interface Compiled extends Planned {
  readonly model: Model;
  readonly files: ModelFiles;
}

export interface CompileOptions {
  /** The largest error of a prediction that may be expected. Default 1e-6 for float64, 0.01 for float32. */
  readonly tolerance?: number;
  /** The same program compiled for another precision: what does not depend on that is taken from it. */
  readonly twin?: Compiled;
  /** Told how far ranges and errors are measured, in runs of an episode: with hundreds of examples that takes a minute. */
  readonly progress?: Progress;
}

type Progress = (done: number, total: number) => void;

/** Errors of predictions that are accepted unless said otherwise. */
const TOLERANCE = { float64: 1e-6, float32: 1e-2 } as const;
/** Episodes that ranges are taken from. */
const LOOKED_AT = 256;
/** Episodes that errors are followed through. */
const DISTURBED = 8;

/**
 * A program that ships, as the weights of a transformer. The same spec gives the same weights.
 * @throws IcicleError (exit code 2) where the spec is wrong, the target cannot run the program, or its expected error is
 * above the tolerance
 */
export function compile(spec: CompileSpec, options: CompileOptions = {}): Compiled {
  const { spec: complete, program } = programOf(spec);
  const { target, precision } = complete;
  const { tolerance = TOLERANCE[precision], twin, progress } = options;
  const same = twin !== undefined && hashBut(twin.model.provenance.spec) === hashBut(complete);
  const plan = same ? planned(twin, precision, progress) : planOf(program, target, precision, progress);
  if (!(plan.budget.expected <= tolerance)) throw refused(plan, tolerance);
  const { config, parameters } = assemble(plan);
  const provenance = { kind: 'compiled' as const, specHash: specHash(complete), spec: complete };
  return { ...plan, ...makeModel(`${program.name}-${target}`, config, parameters, provenance) };
}

/** The hash of a spec but for its precision. */
const hashBut = (spec: object): string => specHash({ ...spec, precision: null });

/**
 * All passes but the last, for any program.
 * @throws IcicleError (exit code 2) with all reasons why the target cannot run the program
 */
export function planOf(
  program: Program,
  targetName: TargetName,
  precision: Precision,
  progress: Progress = () => undefined,
): Planned {
  const target = targetOf(targetName);
  validate(program, target);
  const layers = schedule(program);
  const layout = allocate(program, layers, target);
  checkSize(program, layers.length, layout.width);
  // Ranges take two runs.
  const [first, second] = [2 * LOOKED_AT, runsOfBudget(program)];
  const looked = (share: number) => progress(Math.round(first * share), first + second);
  const ranges = measureRanges(program, layers, layout, prompts(program, LOOKED_AT), looked);
  const measured = { program, target, layers, layout, ranges };
  return planned(measured, precision, (done) => progress(first + done, first + second));
}

/** The error of an instruction takes the half of a run on average. */
const runsOfBudget = ({ instructions }: Program): number => (instructions.length * DISTURBED) / 2;

/** The passes that depend on the precision. */
function planned(
  { program, target, layers, layout, ranges }: Omit<Plan, 'scales'>,
  precision: Precision,
  progress: Progress = () => undefined,
): Planned {
  const scales = chooseScales(program, layers, ranges, target, precision);
  const runs = runsOfBudget(program);
  const disturbed = (share: number) => progress(Math.round(runs * share), runs);
  const budget = errorBudget(program, layers, ranges, scales, prompts(program, DISTURBED), disturbed);
  return { program, target, layers, layout, ranges, scales, budget };
}

/** What a model can have at most: `transformerConfig`. */
const MOST = { layers: 256, width: 8192 } as const;

function checkSize(program: Program, layers: number, width: number): void {
  if (layers >= 1 && layers <= MOST.layers && width <= MOST.width) return;
  throw usageError(
    `program "${program.name}" with ${program.examples} examples of ${program.inputs} inputs takes ${layers} layers of width ${width}; ` +
      `a model has 1 to ${MOST.layers} layers of width at most ${MOST.width}: use fewer examples, inputs or steps`,
  );
}

/** The tasks that a program is for: ranges are taken from them, and it is held against the textbook on them. */
export const familyOf = ({ family = { family: 'linear' }, inputs }: Program): Family =>
  parseFamily({ inputs, ...family });

/** That family in a few words. */
export const familyText = (program: Program): string =>
  program.family === undefined ? 'x, w ~ N(0, I)' : familyOf(program).name;

function prompts(program: Program, episodes: number): Episodes {
  const request = { episodes, points: program.examples + 1, seed: 0 };
  return familyOf(program).sample({ ...request, stream: random(0, 'compile') });
}

function refused(plan: Planned, tolerance: number) {
  const { program, target, scales, budget } = plan;
  const short = (value: number) => value.toExponential(1);
  const worst = budget.parts.indexOf(Math.max(...budget.parts));
  const { primitive, w } = program.instructions[worst]!;
  const other = scales.precision === 'float32' ? planned(plan, 'float64').budget.expected : undefined;
  const elsewhere =
    other === undefined ? '' : `, or the precision float64, where ${short(other)} is to be expected`;
  return usageError(
    `program "${program.name}" (${program.learner}) cannot be compiled for the target "${target.name}" in ${scales.precision} to ` +
      `within ${short(tolerance)}: an error of ${short(budget.expected)} is to be expected, ${short(budget.parts[worst]!)} of it from ` +
      `the ${primitive} into "${w}". The nearest that works: a tolerance of ${short(1.1 * budget.expected)}${elsewhere}`,
  );
}
