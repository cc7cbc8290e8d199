import { missing, usageError } from '../core/errors.js';
import { canonicalJson } from '../core/spec.js';
import { type Comparison, compare } from '../runs/compare.js';
import { showShifts } from './compare-shifts.js';
import { compareText, tellingExamples } from './compare-text.js';
import { familyFrom } from './family-flag.js';
import { progress } from './progress.js';
import { rowsWriter } from './rows-file.js';
import type { FrozenModel, World } from './world.js';

export interface CompareRequest {
  readonly models: readonly string[];
  readonly learners: readonly string[];
  readonly family: string;
  readonly set?: readonly string[];
  readonly dims?: number;
  readonly noise?: number;
  readonly scale?: number;
  readonly episodes: number;
  readonly examples?: number;
  readonly reference?: string;
  /** Names of shifts with commas, or `all`: the learners under distribution shifts. */
  readonly shifts?: string;
  readonly seed: number;
  readonly output?: string;
  readonly json: boolean;
}

/**
 * The same episodes for models and textbook learners.
 * @throws IcicleError: whatever cannot be compared, or written
 */
export async function compareLearners(request: CompareRequest, world: World): Promise<void> {
  if (request.models.length + request.learners.length === 0)
    throw missing('learner', 'name some, such as --model models/linear-8 --learners ols,ridge:0.1,knn:3');
  if (request.shifts !== undefined && request.reference !== undefined)
    throw usageError('--reference is for distances, which --shifts does not measure: leave one of them away');
  const write = request.output === undefined ? undefined : rowsWriter(request.output);
  const models: FrozenModel[] = [];
  try {
    for (const path of request.models) models.push(await world.openModel(path));
    if (request.shifts !== undefined) return await underShifts(request, request.shifts, models, world);
    const done = await compareWith(request, models, world);
    if (write !== undefined) {
      await write(done.rows, { captionAt: tellingExamples(done.rows) });
      world.say(`wrote ${request.output}\n`);
    }
    await world.out(request.json ? `${JSON.stringify(done.rows)}\n` : compareText(done, models));
  } finally {
    for (const model of models) await model.close();
  }
}

async function underShifts(
  request: CompareRequest,
  shifts: string,
  models: readonly FrozenModel[],
  world: World,
): Promise<void> {
  const { examples, output, json, episodes, seed } = request;
  await showShifts(
    {
      family: familyFrom(request),
      learners: [...models.map(({ learner }) => learner.name), ...request.learners],
      models: Object.fromEntries(models.map(({ learner, hash }) => [learner.name, hash])),
      ...(shifts === 'all' ? {} : { shifts: shifts.split(',').map((name) => name.trim()) }),
      ...(examples === undefined ? {} : { examples: [examples] }),
      episodes,
      seed,
    },
    models,
    { json, ...(output === undefined ? {} : { output }) },
    world,
  );
}

async function compareWith(
  request: CompareRequest,
  models: readonly FrozenModel[],
  world: World,
): Promise<Comparison> {
  const most = Math.min(40, ...models.map(({ learner }) => (learner.limits?.points ?? 41) - 1));
  const bar = progress(world, 'compare');
  try {
    const names = models.map(({ learner }) => learner.name);
    world.say(
      `compare ${[...names, ...request.learners].join(', ')}: family ${canonicalJson(familyFrom(request))}, ` +
        `${request.episodes} episodes, seed ${request.seed}\n`,
    );
    return await compare(
      {
        family: familyFrom(request),
        learners: [...names, ...request.learners],
        models: Object.fromEntries(models.map(({ learner, hash }) => [learner.name, hash])),
        ...(request.reference === undefined ? {} : { reference: request.reference }),
        episodes: request.episodes,
        points: (request.examples ?? most) + 1,
        seed: request.seed,
      },
      {
        learners: models.map(({ learner }) => learner),
        onProgress: ({ stage, done, total }) => bar.update(done, total, stage),
      },
    );
  } finally {
    bar.end();
  }
}
