import type { Learner } from '../core/episodes.js';
import type { Engine } from '../engine/engine.js';
import type { TransformerConfig } from './config.js';
import { checkLimits, feedsOf } from './feeds.js';
import { inferenceGraph } from './frozen.js';
import type { Parameters } from './parameters.js';
import { keepPrograms } from './programs.js';

/** Episodes that run through the network at once: keeps memory bounded whatever is asked. */
const CHUNK = 64;
/** Programs that are kept, one for each length of prompt. Each holds the weights once more. */
const KEPT = 8;

export interface ModelLearner extends Learner {
  /** Gives the programs' memory back. To be called once no prediction is under way; a later one compiles anew. */
  release(): Promise<void>;
}

/**
 * A transformer as a learner. Prompts may be shorter, and points may have fewer inputs, than the model was trained with:
 * a missing input is zero, as in its training. Each length of prompt is a program; the last few are kept.
 * @throws IcicleError (on predict) where prompts are longer or wider than the model takes
 */
export function modelLearner(
  name: string,
  config: TransformerConfig,
  parameters: Parameters,
  engine: Engine,
): ModelLearner {
  const programs = keepPrograms(KEPT, (points: number) =>
    engine.compile(inferenceGraph(config, points, parameters)),
  );
  return {
    name,
    limits: { inputs: config.inputs, points: config.points },
    predict: async (episodes) => {
      checkLimits(name, config, episodes);
      const values = new Float64Array(episodes.episodes * episodes.points);
      await programs.use(episodes.points, async (program) => {
        for (let first = 0; first < episodes.episodes; first += CHUNK) {
          const feeds = feedsOf(
            config,
            episodes,
            first,
            Math.min(CHUNK, episodes.episodes - first),
            engine.precision,
          );
          const { predictions } = await program.run(feeds);
          values.set(predictions!.data, first * episodes.points);
        }
      });
      return { values, episodes: episodes.episodes, points: episodes.points };
    },
    release: () => programs.release(),
  };
}
