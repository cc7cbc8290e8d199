import { learnerUsage } from '../learners/index.js';
import { type Diversity, recallOf } from '../runs/diversity.js';
import { type Identification, type IdentifyOptions, identify } from '../runs/identify.js';
import { familyFrom } from './family-flag.js';
import { identifyText } from './identify-text.js';
import { progress } from './progress.js';
import { rowsWriter } from './rows-file.js';
import type { FrozenModel, World } from './world.js';

export interface IdentifyRequest {
  readonly learner: string;
  readonly candidates?: readonly string[];
  readonly family: string;
  readonly set?: readonly string[];
  readonly dims?: number;
  readonly noise?: number;
  readonly episodes: number;
  readonly examples?: number;
  readonly seed: number;
  readonly output?: string;
  readonly json: boolean;
}

/** Says which textbook learner a learner resembles. @throws IcicleError: whatever cannot be identified, or written */
export async function identifyLearner(request: IdentifyRequest, world: World): Promise<void> {
  const { learner, output, json } = request;
  const write = output === undefined ? undefined : rowsWriter(output);
  const textbook = Object.hasOwn(learnerUsage, learner.split(':')[0]!);
  const model = textbook ? undefined : await world.openModel(learner);
  try {
    const found = await identifyWith(request, model, world);
    if (write !== undefined) {
      await write(found.rows, { metric: 'spd/d' });
      world.say(`wrote ${output}\n`);
    }
    const recall = await judgeRecall(request, model, found.hash);
    const rows = [...found.rows, ...(recall?.rows ?? [])];
    await world.out(json ? `${JSON.stringify(rows)}\n` : identifyText(found, model, recall));
  } finally {
    await model?.close();
  }
}

/** What a model that was trained on a pool of tasks does with new ones: it learns, or it recalls. */
async function judgeRecall(
  { episodes, seed }: IdentifyRequest,
  model: FrozenModel | undefined,
  run: string,
): Promise<Diversity | undefined> {
  const family = model?.trainedOn;
  if (model === undefined || family?.family !== 'pooled') return undefined;
  const points = model.learner.limits?.points ?? 16;
  return recallOf(model.learner, family, { points, episodes, seed, run });
}

async function identifyWith(
  request: IdentifyRequest,
  model: FrozenModel | undefined,
  world: World,
): Promise<Identification> {
  const { candidates, episodes, examples, seed } = request;
  // A program for other labels than numbers takes no numbers.
  const { learner: textbook, signs } = model?.compiledFrom ?? {};
  const also = signs !== true || request.family === 'linear-classification' ? textbook : undefined;
  const options: IdentifyOptions = {
    family: familyFrom(request),
    learner: model?.learner.name ?? request.learner,
    ...(candidates === undefined ? {} : { candidates: [...candidates] }),
    ...(model === undefined ? {} : { model: model.hash }),
    ...(also === undefined ? {} : { also: [also] }),
    ...(examples === undefined ? {} : { points: examples + 1 }),
    episodes,
    seed,
  };
  const bar = progress(world, 'identify');
  try {
    return await identify(options, {
      learners: model === undefined ? [] : [model.learner],
      onProgress: ({ stage, done, total }) => bar.update(done, total, stage),
    });
  } finally {
    bar.end();
  }
}
