import type { Learner } from '../core/episodes.js';
import type { Measurement } from '../core/measurement.js';
import { random } from '../core/random.js';
import { specHash } from '../core/spec.js';
import { meanSpd, rangeRow, squaredErrors } from '../measure/index.js';
import type { Parameters } from '../model/parameters.js';
import { parseFamily } from '../tasks/index.js';
import type { TrainSpec } from '../train/spec.js';
import { examplesMeasured } from './predictions.js';

/** Measures parameters on what training never sees: the same each time. */
export type Evaluate = (parameters: Parameters) => Promise<Measurement[]>;

/** Measures a learner on episodes that training never sees: the same ones each time. */
export type Evaluation = (learner: Learner) => Promise<Measurement[]>;

/**
 * Held-out episodes of a run's own family. Rows: squared error and, where the family knows its Bayes predictor, the
 * squared prediction difference to it, both as means over 1 to 2D examples (or as many as the model takes), or over the
 * points that the family asks.
 * @throws IcicleError where it asks none that follows an example
 */
export async function evaluationOf(spec: TrainSpec): Promise<Evaluation> {
  const family = parseFamily({ inputs: spec.model.inputs, ...spec.family });
  const { points, inputs } = spec.model;
  const stream = random(spec.seed, 'evaluation');
  const episodes = family.sample({ episodes: spec.evaluation.episodes, points, seed: spec.seed, stream });
  const best = family.bayes?.();
  const reference = await best?.predict(episodes);
  const range = examplesMeasured(family, points, episodes.asked);
  return async (learner) => {
    const predictions = await learner.predict(episodes);
    const about = { family: family.name, learner: learner.name, seed: spec.seed, spec: specHash(spec) };
    const error = rangeRow(squaredErrors(episodes, predictions), 'squared-error', range, about);
    if (best === undefined || reference === undefined) return [error];
    return [meanSpd(predictions, reference, range, { ...about, reference: best.name }, { inputs }), error];
  };
}
