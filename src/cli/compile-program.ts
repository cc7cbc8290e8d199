import {
  type Compiled,
  type CompileSpec,
  compile,
  familyOf,
  interpreted,
  type ProgramName,
  programNames,
  programOf,
  type Verified,
  verify,
} from '../compile/index.js';
import { unknown, unsupported, usageError } from '../core/errors.js';
import { random } from '../core/random.js';
import type { Engine } from '../engine/engine.js';
import { nodeEngine } from '../engine/node.js';
import { slow } from '../engine/slow.js';
import { parseLearner } from '../learners/registry.js';
import { modelLearner } from '../model/learner.js';
import { writeFileAtomic } from '../runs/files.js';
import { writeModel } from '../runs/model-folder.js';
import type { Checked, CompileRequest } from './compile-request.js';
import { explained, summary, weightTable } from './compile-text.js';
import { familyFrom } from './family-flag.js';
import { progress } from './progress.js';
import type { World } from './world.js';

/** @throws IcicleError where the program is refused, or the file cannot be written */
export async function compileProgram(request: CompileRequest, world: World): Promise<void> {
  const {
    program,
    inputs,
    examples,
    lambda,
    rate,
    steps,
    gamma,
    target,
    precision,
    tolerance,
    explain,
    output,
    json,
  } = request;
  if (!(programNames as string[]).includes(program)) throw unknown('program', program, programNames);
  const toOnnx = output !== undefined && /\.onnx$/i.test(output);
  if (toOnnx && precision === 'float64')
    throw unsupported(
      '--precision',
      precision,
      'ONNX Runtime computes in float32: name a folder, or --precision float32',
    );
  if (typeof explain === 'string' && (output !== undefined || json))
    throw usageError('--explain with the name of a weight prints that alone: leave -o and --json away');
  const given = Object.fromEntries(
    Object.entries({ lambda, rate, steps, gamma, target }).filter(([, value]) => value !== undefined),
  );
  const spec = { program, inputs, examples, precision, ...given, ...familyAsked(request) } as CompileSpec;
  const compiled = compiling(spec, tolerance, world);
  if (typeof explain === 'string') {
    await world.out(weightTable(compiled, explain));
    return;
  }
  const own = await check(compiled, request, world);
  const other = precision === 'float32' ? 'float64' : 'float32';
  // Shown whatever its error: only what is written is held to the tolerance.
  const twin = compiling({ ...spec, precision: other }, Number.POSITIVE_INFINITY, world, compiled);
  const checked = [own, await check(twin, request, world)];
  if (output !== undefined) {
    if (toOnnx) await writeFileAtomic(output, compiled.files['model.onnx']!);
    else await writeModel(output, compiled.files);
  }
  if (json) await world.out(`${JSON.stringify(document(checked, request))}\n`);
  else await world.out(`${explain === true ? `${explained(compiled)}\n` : ''}${summary(checked, request)}`);
}

/** The family that numbers are made for, where flags say anything of it. */
function familyAsked({
  program,
  family,
  set = [],
  noise,
  scale,
}: CompileRequest): Pick<CompileSpec, 'family'> {
  if (family === undefined && set.length === 0 && noise === undefined && scale === undefined) return {};
  // Options alone are those of the program's own family.
  const own = () =>
    JSON.stringify(programOf({ program: program as ProgramName }).program.family ?? { family: 'linear' });
  const more = { ...(noise === undefined ? {} : { noise }), ...(scale === undefined ? {} : { scale }) };
  return { family: familyFrom({ family: family ?? own(), set, ...more }) };
}

/** Compiles under a bar of progress. */
function compiling(
  spec: CompileSpec,
  tolerance: number | undefined,
  world: World,
  twin?: Compiled,
): Compiled {
  const bar = progress(world, 'compile');
  try {
    return compile(spec, {
      ...(tolerance === undefined ? {} : { tolerance }),
      ...(twin === undefined ? {} : { twin }),
      progress: (done, total) => bar.update(done, total, spec.precision),
    });
  } finally {
    bar.end();
  }
}

/** Episodes that are checked between two looks at the clock. */
const CHUNK = 20;

async function check(
  compiled: Compiled,
  { verify: total, seed }: CompileRequest,
  world: World,
): Promise<Checked> {
  const { program, model, scales } = compiled;
  const engine: Engine = scales.precision === 'float64' ? slow : nodeEngine();
  const learner = modelLearner(model.name, model.config, model.parameters, engine);
  const textbook = parseLearner(program.learner);
  const family = familyOf(program);
  let compiling = 0;
  let worst: Verified = { largest: 0, episode: 0, examples: 0, rootMeanSquare: 0 };
  let squares = 0;
  const bar = progress(world, 'verify');
  bar.update(0, total, scales.precision);
  try {
    for (let first = 0; first < total; first += CHUNK) {
      const episodes = Math.min(CHUNK, total - first);
      const request = { episodes, points: program.examples + 1, seed };
      const sample = family.sample({ ...request, stream: random(seed, 'verify', first) });
      const found = await verify(learner, textbook, sample);
      if (program.approaches === true) {
        const { largest } = await verify(learner, interpreted(program, compiled.layers), sample);
        compiling = Math.max(compiling, largest);
      }
      squares += episodes * found.rootMeanSquare ** 2;
      if (found.largest > worst.largest) worst = { ...found, episode: first + found.episode };
      bar.update(first + episodes, total, scales.precision);
    }
  } finally {
    bar.end();
    await learner.release();
  }
  return {
    compiled,
    verified: { ...worst, rootMeanSquare: Math.sqrt(squares / total) },
    ...(program.approaches === true ? { compiling } : {}),
  };
}

function document(checked: readonly Checked[], { verify: episodes, seed }: CompileRequest) {
  const { program, target, layers, layout, model } = checked[0]!.compiled;
  return {
    program: program.name,
    learner: program.learner,
    target: target.name,
    spec: model.provenance.spec,
    specHash: model.provenance.specHash,
    sha256: model.hash,
    layers: layers.length,
    width: layout.width,
    heads: model.config.heads,
    headWidth: model.config.headWidth,
    verify: { episodes, seed },
    precisions: checked.map(({ compiled, verified, compiling }) => ({
      precision: compiled.scales.precision,
      expected: compiled.budget.expected,
      measured: verified,
      ...(compiling === undefined ? {} : { compiling }),
    })),
  };
}
