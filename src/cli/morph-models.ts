import { invalid } from '../core/errors.js';
import { emptyDocument } from '../report/document.js';
import { morphFigure } from '../report/morph-figure.js';
import { writeFileAtomic } from '../runs/files.js';
import { openModel } from '../runs/model-folder.js';
import { morph } from '../runs/morph.js';
import { parseFamily } from '../tasks/index.js';
import { compiledFrom } from './compiled-from.js';
import { engineFor } from './engine-for.js';
import { familyFrom } from './family-flag.js';
import { morphText } from './morph-text.js';
import { modelFolder, packageVersion } from './package.js';
import { progress } from './progress.js';
import type { World } from './world.js';

export interface MorphRequest {
  readonly a: string;
  readonly b: string;
  readonly family?: string;
  readonly set?: readonly string[];
  readonly scale?: number;
  readonly dims?: number;
  readonly examples?: number;
  readonly episodes: number;
  readonly noise?: number;
  readonly seed: number;
  readonly learners?: readonly string[];
  readonly output?: string;
  readonly json: boolean;
}

/** Walks from one model to another. @throws IcicleError: models that cannot be opened or take too little, or no file to write */
export async function morphModels(request: MorphRequest, world: World): Promise<void> {
  const { output, json, episodes, seed } = request;
  if (output !== undefined && !/\.(svg|json)$/i.test(output))
    throw invalid('--output', output, 'it must end in .svg (the walks) or .json (all rows)');
  const [a, b] = [await openModel(modelFolder(request.a)), await openModel(modelFolder(request.b))];
  const inputs = request.dims ?? Math.min(a.config.inputs, b.config.inputs);
  const points = (request.examples ?? Math.min(a.config.points, b.config.points) - 1) + 1;
  const compiled = (await Promise.all([a, b].map(compiledFrom))).flatMap((of) => of ?? []);
  const own = compiled.find((of) => of.family !== undefined)?.family ?? { family: 'linear' };
  const asked = familyFrom({ ...request, family: request.family ?? JSON.stringify(own) });
  const { spec: family, bayes } = parseFamily({ inputs, ...asked });
  const learners = request.learners ?? [
    ...compiled.map(({ learner }) => learner),
    ...LEARNERS,
    ...(bayes === undefined ? [] : ['bayes']),
  ];
  const bar = progress(world, 'morph');
  try {
    const found = await morph(
      {
        family,
        learners: [...new Set(learners)],
        episodes,
        points,
        seed,
      },
      { a, b, engine: engineFor(a, b) },
      { onProgress: ({ stage, done, total }) => bar.update(done, total, stage) },
    );
    bar.end();
    if (output !== undefined) {
      const figure = () =>
        morphFigure(found, {
          document: emptyDocument(),
          version: packageVersion(),
          names: [a.name, b.name],
        });
      await writeFileAtomic(output, /\.svg$/i.test(output) ? figure() : `${JSON.stringify(found.rows)}\n`);
      world.say(`wrote ${output}\n`);
    }
    await world.out(json ? `${JSON.stringify(found)}\n` : morphText(found, a, b));
  } finally {
    bar.end();
  }
}

const LEARNERS = ['zero', 'gd:1', 'ridge:0.1'];
