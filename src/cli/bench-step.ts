import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { IcicleError } from '../core/errors.js';
import { tokensOf } from '../model/config.js';
import { type Column, formatCount, formatTable } from '../report/table.js';
import { type Size, specOfSize } from './bench-sizes.js';
import { packageFile } from './package.js';
import { progress } from './progress.js';
import type { World } from './world.js';

export interface BenchStepRequest {
  readonly sizes: readonly Size[];
  readonly rounds: number;
  readonly steps: number;
  readonly json: boolean;
}

/** Debian's Python, where `apt-get install python3-torch libopenblas0-openmp` puts PyTorch. */
const PYTHON = '/usr/bin/python3';

/** One row: a size timed on both sides in turn. */
interface Timing {
  readonly size: Size;
  readonly parameters: number;
  readonly milliseconds: number;
  readonly gflops: number;
  readonly megabytes: number;
  readonly torch?: {
    readonly version: string;
    readonly milliseconds: number;
    readonly gflops: number;
    readonly megabytes: number;
  };
  /** PyTorch's time ÷ ours: the median over rounds, and the middle 80 % of rounds. */
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
  for (const size of request.sizes) timings.push(await time(size, torch, request, world));
  if (request.json) await world.out(`${JSON.stringify(timings)}\n`);
  else await world.out(table(timings));
}

function hasTorch(): boolean {
  return spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
}

async function time(
  size: Size,
  withTorch: boolean,
  { rounds, steps }: BenchStepRequest,
  world: World,
): Promise<Timing> {
  const bar = progress(world, `bench ${size}`);
  const tokens = tokensOf(specOfSize(size).model.points);
  const ours = await peer(process.execPath, [
    fileURLToPath(new URL('./bench-peer.js', import.meta.url)),
    size,
  ]);
  const theirs = withTorch
    ? await peer(PYTHON, [packageFile('bench', 'torch_step.py'), size, String(tokens)])
    : undefined;
  try {
    const flops = ours.ready.flops as number;
    const mine: Round[] = [];
    const others: Round[] = [];
    for (let round = 0; round <= rounds; round++) {
      const a = await ours.run(steps);
      const b = await theirs?.run(steps);
      // The first round warms both up.
      if (round > 0) {
        mine.push(a);
        if (b !== undefined) others.push(b);
      }
      bar.update(round, rounds);
    }
    const milliseconds = median(mine.flatMap(({ ms }) => ms));
    const ratios = mine
      .map((a, i) => median(others[i]?.ms ?? [Number.NaN]) / median(a.ms))
      .sort((x, y) => x - y);
    const at = (share: number) => ratios[Math.round(share * (ratios.length - 1))]!;
    const their = median(others.flatMap(({ ms }) => ms));
    return {
      size,
      parameters: ours.ready.parameters as number,
      milliseconds,
      gflops: flops / milliseconds / 1e6,
      megabytes: mine.at(-1)!.peak_mb,
      ...(theirs === undefined
        ? {}
        : {
            torch: {
              version: String(theirs.ready.torch),
              milliseconds: their,
              gflops: flops / their / 1e6,
              megabytes: others.at(-1)!.peak_mb,
            },
            ratio: { value: at(0.5), low: at(0.1), high: at(0.9) },
          }),
    };
  } finally {
    bar.end();
    ours.close();
    theirs?.close();
  }
}

interface Round {
  readonly ms: readonly number[];
  readonly peak_mb: number;
}

/** A process that answers lines of JSON. */
async function peer(command: string, args: readonly string[]) {
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
    { header: 'parameters' },
    { header: 'step', unit: 'ms', kind: 'number' },
    { header: 'GFLOP/s', kind: 'number' },
    { header: 'peak', unit: 'MB', kind: 'number' },
    { header: 'PyTorch step', unit: 'ms', kind: 'number' },
    { header: 'GFLOP/s', kind: 'number' },
    { header: 'peak', unit: 'MB', kind: 'number' },
    { header: 'PyTorch ÷ ours', kind: 'number' },
    { header: 'rounds 10–90 %', kind: 'number' },
  ];
  const rows = timings.map(({ size, parameters, milliseconds, gflops, megabytes, torch, ratio }) => [
    size,
    formatCount(parameters),
    milliseconds,
    gflops,
    megabytes,
    torch?.milliseconds,
    torch?.gflops,
    torch?.megabytes,
    ratio?.value,
    ratio,
  ]);
  const version = timings.find(({ torch }) => torch !== undefined)?.torch?.version;
  return (
    'A training step (forward, backward, Adam, sampling) of GPTs S, M, B; medians; GFLOP/s of matrix products alone.\n' +
    `${version === undefined ? '' : `PyTorch ${version}, interleaved round by round.\n`}\n${formatTable(columns, rows)}`
  );
}
