import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { IcicleError } from '../core/errors.js';
import { tokensOf } from '../model/config.js';
import { type Column, formatTable } from '../report/table.js';
import { type Size, specOfSize } from './bench-sizes.js';
import { packageFile } from './package.js';
import { progress } from './progress.js';
import { hasTorch, PYTHON } from './torch.js';
import type { World } from './world.js';

export interface BenchStepRequest {
  readonly sizes: readonly Size[];
  readonly rounds: number;
  readonly steps: number;
  readonly json: boolean;
}

/**
 * The other side: PyTorch as it is usually written, and as fast as it could be made by hand, with each operation on two
 * cores or with half of the batch on each.
 */
const OPPONENTS = {
  PyTorch: ['torch_plain.py'],
  'PyTorch by hand': ['torch_step.py', '--parallel', 'ops'],
  'PyTorch by hand, two halves': ['torch_step.py', '--parallel', 'batch'],
} as const;

/** One row: a size timed on one engine. */
interface Timing {
  readonly size: Size;
  readonly engine: string;
  readonly version?: string;
  readonly parameters: number;
  readonly milliseconds: number;
  readonly gflops: number;
  readonly megabytes: number;
  /** Its time ÷ ours: the median over rounds, and the middle 80 % of rounds. */
  readonly ratio?: { readonly value: number; readonly low: number; readonly high: number };
}

/** Times a training step, sampling included, and PyTorch's of the same model where it is installed, round by round. */
export async function benchStep(request: BenchStepRequest, world: World): Promise<void> {
  const torch = hasTorch();
  if (!torch)
    world.say(
      'PyTorch is not there (apt-get install python3-torch libopenblas0-openmp): timing ours alone\n',
    );
  const timings: Timing[] = [];
  for (const size of request.sizes)
    timings.push(...(await time(size, torch ? OPPONENTS : {}, request, world)));
  if (request.json) await world.out(`${JSON.stringify(timings)}\n`);
  else await world.out(table(timings));
}

async function time(
  size: Size,
  opponents: Readonly<Record<string, readonly [script: string, ...flags: string[]]>>,
  { rounds, steps }: BenchStepRequest,
  world: World,
): Promise<Timing[]> {
  const bar = progress(world, `bench ${size}`);
  const tokens = String(tokensOf(specOfSize(size).model.points));
  const peers: Peer[] = [];
  const times: Round[][] = [];
  try {
    const own = fileURLToPath(new URL('./bench-peer.js', import.meta.url));
    peers.push(await peer('icicle', process.execPath, [own, size]));
    for (const [name, [script, ...flags]] of Object.entries(opponents))
      peers.push(await peer(name, PYTHON, [packageFile('bench', script), size, tokens, ...flags]));
    times.push(...peers.map(() => []));
    for (let round = 0; round <= rounds; round++) {
      for (const [i, { run }] of peers.entries()) {
        const taken = await run(steps);
        // The first round warms all up.
        if (round > 0) times[i]!.push(taken);
      }
      bar.update(round, rounds);
    }
  } finally {
    bar.end();
    for (const { close } of peers) close();
  }
  const [own] = peers;
  return peers.map(({ name, ready }, i) => {
    const milliseconds = median(times[i]!.flatMap(({ ms }) => ms));
    return {
      size,
      engine: name,
      ...(ready.torch === undefined ? {} : { version: String(ready.torch) }),
      parameters: Number(ready.parameters),
      milliseconds,
      gflops: Number(own!.ready.flops) / milliseconds / 1e6,
      megabytes: times[i]!.at(-1)!.peak_mb,
      ...(i === 0
        ? {}
        : { ratio: spread(times[i]!.map(({ ms }, r) => median(ms) / median(times[0]![r]!.ms))) }),
    };
  });
}

/** The median and the middle 80 %. */
function spread(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { value: at(0.5), low: at(0.1), high: at(0.9) };
}

interface Round {
  readonly ms: readonly number[];
  readonly peak_mb: number;
}

/** A process that answers lines of JSON. */
interface Peer {
  readonly name: string;
  readonly ready: Readonly<Record<string, unknown>>;
  run(steps: number): Promise<Round>;
  close(): void;
}

async function peer(name: string, command: string, args: readonly string[]): Promise<Peer> {
  // Some machines' settings name an OpenBLAS kernel for an older processor; PyTorch is timed with the best one.
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _l2, ...env } = process.env;
  const child: ChildProcessWithoutNullStreams = spawn(command, args, { env });
  let complaint = '';
  child.stderr.on('data', (text) => (complaint = `${complaint}${text}`.slice(-2000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done)
      throw new IcicleError(`${args[0]} ended without an answer: ${complaint.trim().split('\n').at(-1)}`);
    return JSON.parse(value as string);
  };
  const ready = (await answer()) as Record<string, unknown>;
  return {
    name,
    ready,
    run: async (steps: number): Promise<Round> => {
      child.stdin.write(`${JSON.stringify({ steps })}\n`);
      return answer();
    },
    close: () => child.stdin.end(),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function table(timings: readonly Timing[]): string {
  const columns: Column[] = [
    { header: 'size' },
    { header: 'engine' },
    { header: 'parameters', kind: 'count' },
    { header: 'step', unit: 'ms', kind: 'number' },
    { header: 'GFLOP/s', kind: 'number' },
    { header: 'peak', unit: 'MB', kind: 'number' },
    { header: '÷ icicle', kind: 'number' },
    { header: 'rounds 10–90 %', kind: 'number' },
  ];
  const rows = timings.map(({ size, engine, parameters, milliseconds, gflops, megabytes, ratio }) => [
    size,
    engine,
    parameters,
    milliseconds,
    gflops,
    megabytes,
    ratio?.value,
    ratio,
  ]);
  const version = timings.find((timing) => timing.version !== undefined)?.version;
  return (
    'A training step (forward, backward, Adam, sampling) of GPTs S, M, B; medians; GFLOP/s of matrix products alone.\n' +
    `${version === undefined ? '' : `PyTorch ${version}, interleaved round by round.\n`}\n${formatTable(columns, rows)}`
  );
}
