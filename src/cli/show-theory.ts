import { formatNumber, formatTable } from '../report/table.js';
import { type Agreement, theory } from '../runs/theory.js';
import { progress } from './progress.js';
import type { World } from './world.js';

export interface TheoryRequest {
  readonly dims: number;
  readonly noise: number;
  readonly episodes: number;
  readonly seed: number;
  readonly json: boolean;
}

/** Shows known expectations beside simulated errors. */
export async function showTheory(request: TheoryRequest, world: World): Promise<void> {
  const { dims, json, ...rest } = request;
  const bar = progress(world, 'theory');
  try {
    const { agreements, hash } = await theory(
      { inputs: dims, ...rest },
      { onProgress: ({ stage, done, total }) => bar.update(done, total, stage) },
    );
    bar.end();
    if (json) await world.out(`${JSON.stringify(agreements)}\n`);
    else
      await world.out(`${table(agreements, dims)}\n${summary(agreements)}Seed ${rest.seed}, spec ${hash}.\n`);
  } finally {
    bar.end();
  }
}

/** Learners by numbers of examples around the number of inputs. */
function table(agreements: readonly Agreement[], d: number): string {
  const shown = new Set([1, Math.ceil(d / 2), d - 2, d, d + 2, Math.ceil(1.5 * d), 2 * d]);
  return formatTable(
    [
      { header: 'learner' },
      { header: 'examples', kind: 'count' },
      { header: 'expected error ÷ d', kind: 'number', digits: 4 },
      { header: 'simulated', kind: 'number', digits: 4 },
      { header: '90 % interval', kind: 'number', digits: 4 },
      { header: 'standard errors', kind: 'number', digits: 2 },
      { header: 'follows from' },
    ],
    agreements
      .filter(({ examples }) => shown.has(examples))
      .map(({ learner, source, examples, expected, simulated, standardErrors }) => [
        learner,
        examples,
        expected,
        simulated.value,
        simulated,
        standardErrors ?? (Number.isFinite(expected) ? 'no variance' : 'no mean'),
        source,
      ]),
  );
}

/** Shares of a normal distribution beyond 3 and beyond 2 standard deviations, on both sides. */
const [BEYOND_3, BEYOND_2] = [0.0026998, 0.0455003];

function summary(agreements: readonly Agreement[]): string {
  const told = agreements.flatMap(({ standardErrors }) => standardErrors ?? []);
  const largest = Math.max(...told.map(Math.abs));
  const beyond = (most: number) => told.filter((value) => Math.abs(value) > most).length;
  return (
    `Of ${told.length} means, ${beyond(3)} lie beyond 3 standard errors (${formatNumber(BEYOND_3 * told.length, 2)} expected by ` +
    `chance) and ${beyond(2)} beyond 2 (${formatNumber(BEYOND_2 * told.length, 2)} expected); the farthest is ` +
    `${formatNumber(largest, 2)} away. Means over the same episodes lie apart together.\n`
  );
}
