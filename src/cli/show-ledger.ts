import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { invalid } from '../core/errors.js';
import { specHash } from '../core/spec.js';
import { emptyDocument } from '../report/document.js';
import { type LedgerEntry, ledger } from '../report/ledger.js';
import { formatCount, formatTable } from '../report/table.js';
import { guarded } from '../runs/file-errors.js';
import { writeFileAtomic } from '../runs/files.js';
import { readMetrics } from '../runs/metrics.js';
import { type Claim, claimsNamed, SEED } from '../runs/reproduce/index.js';
import { runFolder } from '../runs/training.js';
import type { TrainSpec } from '../train/spec.js';
import { estimateTime } from './budget.js';
import { packageVersion } from './package.js';
import { duration } from './progress.js';
import { trainAndJudge, unfinished } from './train-pool.js';
import type { World } from './world.js';

export interface LedgerRequest {
  readonly claims: readonly string[];
  readonly runs: string;
  readonly jobs: number;
  /** Print what it would cost, and stop. */
  readonly budget: boolean;
  readonly output?: string;
  readonly json: boolean;
}

/** Holds published claims against models that are trained here, and writes down what came of each. */
export async function showLedger(request: LedgerRequest, world: World): Promise<void> {
  const { runs, jobs, budget, output, json } = request;
  if (output !== undefined && !output.toLowerCase().endsWith('.md'))
    throw invalid('--output', output, 'it must end in .md');
  const claims = claimsNamed(request.claims);
  // Before any training: a place that cannot be written to is found out now.
  if (output !== undefined && !budget) {
    const folder = figuresBeside(output);
    await guarded('write', folder, () => mkdir(folder, { recursive: true }));
  }
  const plans = claims.flatMap((claim) => claim.plans.map((train) => ({ claim, train })));
  await sayBudget(claims, { runs, jobs }, world);
  if (budget) return;

  const measured = await trainAndJudge(
    plans,
    { runs, jobs },
    async ({ claim, train }, learner) => ({ claim, value: await claim.measure(learner, train) }),
    world,
  );
  const entries: LedgerEntry[] = [];
  for (const claim of claims) {
    const { id, title, source, says, criterion, plans } = claim;
    const own = measured.filter((of) => of.claim === claim).map(({ value }) => value);
    const figure = await writeFigure(claim, own, output);
    entries.push({
      ...{ id, title, source, says, criterion, ...claim.conclude(own), runs: plans.map(specHash) },
      ...(figure === undefined ? {} : { figure }),
    });
  }
  const command = `icicle reproduce ${request.claims.join(' ')}`;
  const seeds = { training: plans[0]!.train.seed, measurement: SEED };
  const cost = await costOf(plans, runs);
  if (output !== undefined) {
    await writeFileAtomic(output, ledger(entries, { command, version: packageVersion(), cost, seeds }));
    world.say(`wrote ${output}\n`);
  }
  await world.out(json ? `${JSON.stringify(entries)}\n` : overview(entries));
}

/** Writes a claim's figure into a folder beside the ledger that has its name. @returns its path, seen from the ledger */
async function writeFigure(
  claim: Claim,
  measured: readonly unknown[],
  output: string | undefined,
): Promise<string | undefined> {
  const svg = claim.figure?.(measured, { document: emptyDocument(), version: packageVersion() });
  if (output === undefined || svg === undefined) return undefined;
  const folder = figuresBeside(output);
  await writeFileAtomic(join(folder, `${claim.id}.svg`), svg);
  return `${basename(folder)}/${claim.id}.svg`;
}

const figuresBeside = (output: string): string => join(dirname(output), basename(output, extname(output)));

/** What is to be trained and how long it should take, before anything is. */
async function sayBudget(
  claims: readonly Claim[],
  { runs, jobs }: { readonly runs: string; readonly jobs: number },
  world: World,
): Promise<void> {
  const steps = (specs: readonly TrainSpec[]) => specs.reduce((sum, spec) => sum + spec.steps, 0);
  const count = (n: number, what: string) => `${formatCount(n)} ${what}${n === 1 ? '' : 's'}`;
  const plans = claims.flatMap((claim) => claim.plans);
  const open = unfinished(plans, runs).map(({ spec }) => spec);
  world.say(
    formatTable(
      [
        { header: 'claim' },
        { header: 'what it says', longest: 80 },
        { header: 'runs', kind: 'count' },
        { header: 'steps' },
      ],
      claims.map(({ id, title, plans }) => [id, title, plans.length, formatCount(steps(plans))]),
    ),
  );
  if (open.length > 0) world.say('\ntiming some steps …\n');
  const time = (await estimateTime(open, world)) / Math.min(jobs, Math.max(1, open.length));
  world.say(
    `\nBudget: ${count(open.length, 'run')} to train, ${count(steps(open), 'step')}: about ${duration(time)} of training, ` +
      `${jobs} at a time.\n`,
  );
}

/** What training took, of every run once. */
async function costOf(plans: readonly { readonly train: TrainSpec }[], runs: string): Promise<string> {
  const folders = new Set(plans.map(({ train }) => runFolder(runs, train)));
  let seconds = 0;
  for (const folder of folders) {
    const metrics = await readMetrics(join(folder, 'metrics.jsonl'));
    seconds += metrics?.at(-1)?.seconds ?? 0;
  }
  return `${folders.size} runs, ${duration(1000 * seconds)} of training, each on one core`;
}

const overview = (entries: readonly LedgerEntry[]): string =>
  entries
    .map(({ title, support, got, source }) => `${title}: ${support}\n  ${got}\n  ${source}\n`)
    .join('\n');
