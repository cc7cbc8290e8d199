import { invalid } from '../core/errors.js';
import { specHash } from '../core/spec.js';
import { diversityFigure, powerOfTwo } from '../report/diversity-figure.js';
import { emptyDocument } from '../report/document.js';
import { type Column, formatTable } from '../report/table.js';
import {
  type Diversity,
  diversityOf,
  diversityRuns,
  parseDiversity,
  turningPoint,
} from '../runs/diversity.js';
import { writeFileAtomic } from '../runs/files.js';
import { packageVersion } from './package.js';
import { trainAndJudge } from './train-pool.js';
import { settingsOf } from './train-spec.js';
import type { World } from './world.js';

export interface DiversityRequest {
  readonly pool: readonly number[];
  readonly dims: number;
  readonly noise: number;
  readonly examples: number;
  readonly steps: number;
  readonly set?: readonly string[];
  readonly runs: string;
  readonly jobs: number;
  readonly seed: number;
  readonly output?: string;
  readonly json: boolean;
}

/** Trains what is missing, judges every model and shows where it turns from recalling to learning. */
export async function showDiversity(request: DiversityRequest, world: World): Promise<void> {
  const { pool, dims, noise, examples, steps, runs, jobs, seed, output, json } = request;
  if (output !== undefined && !output.toLowerCase().endsWith('.svg'))
    throw invalid('--output', output, 'it must end in .svg');
  const spec = parseDiversity({
    pool: [...pool],
    inputs: dims,
    noise,
    points: examples + 1,
    steps,
    train: settingsOf(request.set ?? []),
    seed,
  });
  const found = await trainAndJudge(
    diversityRuns(spec),
    { runs, jobs },
    ({ train }, learner) => diversityOf(train, learner, spec),
    world,
  );
  const turn = turningPoint(found);
  const hash = specHash(spec);
  if (output !== undefined) {
    const figure = { document: emptyDocument(), version: packageVersion(), seed, spec: hash, turn };
    await writeFileAtomic(output, diversityFigure(found, figure));
    world.say(`wrote ${output}\n`);
  }
  const sentence =
    turn === undefined
      ? ''
      : `It turns from recalling to learning between ${turn[0]} and ${turn[1]} tasks.\n`;
  await world.out(
    json ? `${JSON.stringify(found)}\n` : `${table(found)}\n${sentence}Seed ${seed}, spec ${hash}.\n`,
  );
}

function table(found: readonly Diversity[]): string {
  const columns: Column[] = [
    { header: 'tasks' },
    { header: 'pool: to dMMSE', kind: 'number' },
    { header: 'to ridge', kind: 'number' },
    { header: 'new: to dMMSE', kind: 'number' },
    { header: 'to ridge', kind: 'number' },
    { header: 'dMMSE farther by', kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    { header: 'verdict' },
    { header: 'run' },
  ];
  const rows = found.map(({ pool, rows: own, verdict, run }) => {
    const of = (family: string, reference: string, kind = 'spd/d') =>
      own.find((row) => row.family === family && row.reference === reference && row.metric.startsWith(kind));
    const margin = of('new', 'dmmse', 'margin/d');
    const spd = [of('pool', 'dmmse'), of('pool', 'ridge'), of('new', 'dmmse'), of('new', 'ridge')];
    return [powerOfTwo(pool), ...spd.map((row) => row?.value), margin?.value, margin, verdict, run];
  });
  return `Squared prediction difference ÷ d to the posterior mean over the pool (dMMSE) and over all tasks (ridge):\n\n${formatTable(columns, rows)}`;
}
