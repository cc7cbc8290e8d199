import { readFile, stat } from 'node:fs/promises';
import { attach, attachOnnx, onnxEncoder } from '../attach/index.js';
import { floorOf } from '../attach/layers.js';
import { sizeOf } from '../core/array.js';
import { IcicleError, invalid } from '../core/errors.js';
import { random } from '../core/random.js';
import { openOnnx } from '../engine/node.js';
import { formatCount } from '../report/table.js';
import { writeFileAtomic } from '../runs/files.js';
import { numberFlag } from './usage.js';
import type { World } from './world.js';

export interface AttachFlags {
  readonly task: 'classes' | 'numbers';
  readonly solver: 'logistic' | 'ridge';
  readonly lambda: string;
  readonly vector?: string;
  readonly pool: 'mean' | 'first';
  readonly unit?: true;
  readonly intercept: boolean;
  readonly precision: 'float32' | 'float64';
  readonly json?: true;
  readonly output: string;
}

/** @throws IcicleError where the encoder cannot be read or used, a flag is wrong, or the file cannot be written */
export async function attachFile(path: string, flags: AttachFlags, world: World): Promise<void> {
  const { task, vector, pool, intercept, precision, output } = flags;
  const solver = task === 'classes' ? flags.solver : 'ridge';
  if (!/\.onnx$/i.test(output)) throw invalid('--output', output, 'it must end in .onnx');
  if (await sameFile(output, path))
    throw invalid('--output', output, 'it is the encoder itself, which would be lost: give another name');
  const lambda: 'leave-one-out' | number =
    flags.lambda === 'leave-one-out'
      ? 'leave-one-out'
      : numberFlag('--lambda', { least: Number.MIN_VALUE, example: '0.1' })(flags.lambda);
  const encoder = await read(path);
  const shared = { task, solver, lambda, intercept, unit: flags.unit === true };
  const file = { pool, ...(vector === undefined ? {} : { output: vector }) };
  const onnx = attachOnnx(encoder, { ...shared, ...file, precision });
  const checked = await check(encoder, onnx, shared, file);
  if (Number.isNaN(checked))
    throw new IcicleError(
      `the file would predict no numbers (NaN) on ${EXAMPLES} random examples: what the encoder gives is too large or too small for ${precision}; use --unit${precision === 'float32' ? ' or --precision float64' : ''}`,
    );
  await writeFileAtomic(output, onnx);
  if (checked !== undefined && checked > NEAR)
    world.say(
      `warning: on ${EXAMPLES} random examples the file is ${checked.toExponential(1)} standard deviations of the labels off the textbook solution; ` +
        `λ below ${floorOf({ solver, precision })} of the kernel's trace is raised to that${precision === 'float32' ? ', and float32 keeps few digits: use --precision float64' : ': give a larger --lambda'}\n`,
    );
  if (flags.json === true) {
    await world.out(
      `${JSON.stringify({ file: output, bytes: onnx.length, ...shared, precision, ...(checked === undefined ? {} : { deviation: checked }) }, null, 2)}\n`,
    );
    return;
  }
  const model =
    task === 'numbers' ? task : `${task} by ${solver === 'logistic' ? 'logistic' : 'ridge'} regression`;
  const said =
    checked === undefined
      ? 'it was not run: the encoder takes other inputs than one array of float32'
      : `on ${EXAMPLES} random examples it is within ${checked.toExponential(1)} standard deviations of the labels of the textbook solution in float64`;
  await world.out(`${output}: ${formatCount(onnx.length)} bytes, ${model}, λ ${lambda}; ${said}\n`);
}

/** Whether both are one file, by whatever names. */
async function sameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new IcicleError(
      `cannot read ${path}: ${(cause as Error).message}; give the ONNX file of an encoder`,
      {
        exitCode: 2,
        cause,
      },
    );
  }
}

const [EXAMPLES, QUERIES] = [40, 10];
/** A file that is farther off than this, in standard deviations of labels, is warned of. */
const NEAR = 0.01;

/**
 * The largest difference between what the file predicts and what the library does, on inputs from a seed, in standard
 * deviations of the labels; NaN where the file predicts no number, nothing where the encoder takes others than one array of
 * float32 of a fixed size.
 */
async function check(
  encoder: Uint8Array,
  onnx: Uint8Array,
  shared: {
    readonly task: 'classes' | 'numbers';
    readonly solver: 'logistic' | 'ridge';
    readonly lambda: 'leave-one-out' | number;
    readonly intercept: boolean;
    readonly unit: boolean;
  },
  file: { readonly pool: 'mean' | 'first'; readonly output?: string },
): Promise<number | undefined> {
  const frozen = await onnxEncoder(encoder, openOnnx, file).catch((error) => {
    if (error instanceof IcicleError && error.message.startsWith('unsupported encoder')) return undefined;
    throw error;
  });
  if (frozen === undefined) return undefined;
  const stream = random(1, 'check');
  const inputs = Array.from({ length: EXAMPLES + QUERIES }, () =>
    Float32Array.from({ length: sizeOf(frozen.shape) }, stream.normal),
  );
  const [context, queries] = [inputs.slice(0, EXAMPLES), inputs.slice(EXAMPLES)];
  // Classes that the inputs do not tell, which few examples seem to, and classes that they tell.
  const tasks: ((input: Float32Array, i: number) => string | number)[] =
    shared.task === 'numbers'
      ? [() => stream.normal()]
      : [(_, i) => String(i % 3), (input) => String(input[0]! > 0)];
  const learner = attach<ArrayLike<number>, typeof shared.task>(frozen, shared);
  const learned = async (labelOf: (typeof tasks)[number]) => {
    const labels = context.map(labelOf);
    const task = await learner.context(context, labels);
    const expected = (await task.predict(queries)).flatMap((one) =>
      'values' in one ? [...one.values] : task.classes.map((name) => one.probabilities[name]!),
    );
    const targets = labels.flatMap((label) =>
      typeof label === 'number' ? [label] : task.classes.map((name) => Number(name === label)),
    );
    return { targets, expected };
  };
  const all = await Promise.all(tasks.map(learned)).finally(() => frozen.release());
  const program = await openOnnx(onnx);
  const given = (rows: readonly Float32Array[]) => ({
    shape: [rows.length, ...frozen.shape],
    data: Float32Array.from(rows.flatMap((row) => [...row])),
  });
  let most = 0;
  try {
    for (const { targets, expected } of all) {
      const labels = { shape: [EXAMPLES, targets.length / EXAMPLES], data: Float32Array.from(targets) };
      const { predictions } = await program.run({ context: given(context), queries: given(queries), labels });
      const mean = targets.reduce((sum, value) => sum + value / targets.length, 0);
      const variance = targets.reduce((sum, value) => sum + (value - mean) ** 2 / targets.length, 0);
      for (const [i, value] of expected.entries())
        most = Math.max(most, Math.abs(value - predictions!.data[i]!) / Math.sqrt(variance));
    }
  } finally {
    await program.release();
  }
  return most;
}
