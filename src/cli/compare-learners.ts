import { missing } from '../core/errors.js';
import { type Comparison, compare } from '../runs/compare.js';
import { compareText, tellingExamples } from './compare-text.js';
import { progress } from './progress.js';
import { rowsWriter } from './rows-file.js';
import type { FrozenModel, World } from './world.js';

export interface CompareRequest {
  readonly models: readonly string[];
  readonly learners: readonly string[];
  readonly family: string;
  readonly dims: number;
  readonly noise: number;
  readonly scale: number;
  readonly episodes: number;
  readonly examples?: number;
  readonly reference?: string;
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
  const write = request.output === undefined ? undefined : rowsWriter(request.output);
  const models: FrozenModel[] = [];
  try {
    for (const path of request.models) models.push(await world.openModel(path));
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
      `compare ${[...names, ...request.learners].join(', ')}: family ${request.family}, ${request.dims} inputs, noise ` +
        `${request.noise}, ${request.episodes} episodes, seed ${request.seed}\n`,
    );
    return await compare(
      {
        family: {
          family: request.family,
          inputs: request.dims,
          noise: request.noise,
          scale: request.scale,
        },
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
