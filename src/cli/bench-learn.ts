import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { IcicleError, usageError } from '../core/errors.js';
import { random } from '../core/random.js';
import { specHash } from '../core/spec.js';
import { nodeEngine } from '../engine/node.js';
import { ols } from '../learners/index.js';
import { meanSpd } from '../measure/index.js';
import { modelLearner } from '../model/learner.js';
import { type Column, formatNumber, formatTable } from '../report/table.js';
import { linear } from '../tasks/index.js';
import { parametersOf, train } from '../train/loop.js';
import { replicas } from '../train/replicas.js';
import { ofRegression } from '../train/run-spec.js';
import type { TrainSpec } from '../train/spec.js';
import { packageFile } from './package.js';
import { progress } from './progress.js';
import { hasTorch, PYTHON } from './torch.js';
import { trainSpecFrom } from './train-spec.js';
import type { World } from './world.js';

export interface BenchLearnRequest {
  readonly dims: '5' | '8';
  readonly seed: number;
  readonly settings: readonly string[];
  readonly torch: boolean;
  readonly json: boolean;
}

const LEVELS = [0.1, 0.05, 0.02, 0.01] as const;
/** Held-out tasks, steps between evaluations. */
const EPISODES = 1024;
const EVERY = 100;

interface Point {
  readonly seconds: number;
  readonly step: number;
  readonly spd: number;
}

/** How long training takes until the model is as near to least squares as each level. Evaluation does not count. */
export async function benchLearn(request: BenchLearnRequest, world: World): Promise<void> {
  const settings = [`seed=${request.seed}`, ...request.settings];
  const spec = ofRegression(await trainSpecFrom(`paper-${request.dims}`, settings), 'bench learn');
  const torch = request.torch && hasTorch();
  if (torch) refuseUnmatched(request.settings);
  else if (request.torch)
    world.say('PyTorch is not there (apt-get install python3-torch libopenblas0-openmp): ours alone\n');
  world.say(`${JSON.stringify(spec)}\n`);
  const curves: { readonly name: string; readonly points: readonly Point[] }[] = [];
  curves.push({ name: 'icicle', points: await ours(spec, world) });
  if (torch) curves.push({ name: 'PyTorch', points: await theirs(spec, world) });
  if (request.json) {
    await world.out(`${JSON.stringify({ spec: specHash(spec), seed: spec.seed, curves })}\n`);
    return;
  }
  const columns: Column[] = [
    { header: 'engine' },
    ...LEVELS.map((level): Column => ({ header: `to ${level}`, unit: 's', kind: 'number' })),
    { header: 'final SPD ÷ d', kind: 'number' },
    { header: 'steps', kind: 'count' },
    { header: 'training', unit: 's', kind: 'number' },
  ];
  const rows = curves.map(({ name, points }) => {
    const last = points.at(-1);
    return [
      name,
      ...LEVELS.map((level) => points.find(({ spd }) => spd < level)?.seconds),
      last?.spd,
      last?.step,
      last?.seconds,
    ];
  });
  await world.out(
    `Seconds of training until SPD(model, minimum-norm least squares) ÷ d, mean over 1…${2 * spec.model.inputs} examples of ` +
      `${EPISODES} held-out noiseless tasks, fell below each level. d = ${spec.model.inputs}, seed ${spec.seed}, spec ${specHash(spec)}.\n\n` +
      formatTable(columns, rows),
  );
}

/** What PyTorch's recipe can be told, too. */
const SHARED = [
  'seed',
  'steps',
  'episodes',
  'model.layers',
  'model.width',
  'model.heads',
  'rates.adam',
  'rates.muon',
  'weighting',
];

function refuseUnmatched(settings: readonly string[]): void {
  const other = settings.map((text) => text.slice(0, text.indexOf('='))).find((key) => !SHARED.includes(key));
  if (other !== undefined)
    throw usageError(
      `unsupported --set: ${other}: PyTorch's recipe knows ${SHARED.join(', ')}; pass --no-torch to train ours alone`,
    );
}

async function ours(spec: TrainSpec, world: World): Promise<Point[]> {
  const { inputs, points } = spec.model;
  const family = linear({ inputs });
  const episodes = family.sample({
    episodes: EPISODES,
    points,
    seed: spec.seed,
    stream: random(spec.seed, 'evaluation'),
  });
  const reference = await ols().predict(episodes);
  const engine = nodeEngine({ threads: 1 });
  const shards = replicas(spec);
  const bar = progress(world, 'icicle');
  const curve: Point[] = [];
  let seconds = 0;
  let begin = world.now();
  try {
    for await (const { step, state } of train(spec, { engine, shards })) {
      seconds += (world.now() - begin) / 1000;
      if (step % EVERY === 0 || step === spec.steps) {
        const learner = modelLearner(spec.name, spec.model, parametersOf(spec, state), engine);
        const about = { family: family.name, learner: spec.name, seed: spec.seed, spec: specHash(spec) };
        const predictions = await learner.predict(episodes);
        await learner.release();
        const { value: spd } = meanSpd(predictions, reference, [1, 2 * inputs], about, { inputs, trials: 2 });
        curve.push({ seconds, step, spd });
        bar.update(step, spec.steps, `SPD ÷ d ${formatNumber(spd)}, ${formatNumber(seconds)} s`);
      }
      begin = world.now();
    }
  } finally {
    bar.end();
    await shards.close();
  }
  return curve;
}

async function theirs(spec: TrainSpec, world: World): Promise<Point[]> {
  const { inputs, layers, width, heads } = spec.model;
  const args = {
    dims: inputs,
    layers,
    width,
    heads,
    batch: spec.episodes,
    steps: spec.steps,
    threads: Math.min(2, spec.shards),
    seed: spec.seed,
  };
  const flags = Object.entries({ ...args, 'lr-muon': spec.rates.muon, 'lr-adam': spec.rates.adam });
  if (spec.weighting !== null) flags.push(['weighting', spec.weighting]);
  const child = spawn(PYTHON, [
    packageFile('bench', 'torch_learn.py'),
    ...flags.flatMap(([name, value]) => [`--${name}`, String(value)]),
  ]);
  let complaint = '';
  child.stderr.on('data', (text) => (complaint = `${complaint}${text}`.slice(-2000)));
  const ended = once(child, 'close');
  const bar = progress(world, 'PyTorch');
  const curve: Point[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const point = JSON.parse(line) as Partial<Point>;
    if (point.spd === undefined) continue;
    curve.push(point as Point);
    bar.update(point.step!, spec.steps, `SPD ÷ d ${formatNumber(point.spd)}`);
  }
  bar.end();
  const [code] = await ended;
  if (code !== 0)
    throw new IcicleError(
      `PyTorch ended with ${code}: ${complaint.trim().split('\n').at(-1)}; try --no-torch`,
    );
  return curve;
}
