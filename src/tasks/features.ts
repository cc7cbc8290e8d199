import type { Learner } from '../core/episodes.js';
import type { Random } from '../core/random.js';
import { bayes } from '../learners/index.js';
import { type Family, type FamilySpec, makeFamily, normals, type Task } from './family.js';

/** A fixed map of inputs to P features. */
export interface Features {
  readonly count: number;
  /** Writes the features of the input that begins at `from` in `x` to `out`, [P]. */
  write(x: Float64Array, from: number, out: Float64Array): void;
}

/** What makes a family linear in features: y = wᵀφ(x), w ~ N(0, scale² I). */
export interface FeatureParts<S extends FamilySpec> {
  readonly name: string;
  readonly spec: S;
  readonly inputs: number;
  readonly features: Features;
  /** The standard deviation of each weight. */
  readonly scale: number;
  /** Draws one coordinate of an input. */
  readonly coordinate: (stream: Random) => number;
}

/** A family without noise that is linear in fixed features. Its Bayes learner is that of linear regression on them. */
export function featureFamily<S extends FamilySpec>(parts: FeatureParts<S>): Family<S> {
  const { name, spec, inputs, features, scale, coordinate } = parts;
  return makeFamily({
    name,
    spec,
    inputs,
    episode: (points, stream) => {
      const task = featureTask(
        features,
        normals(features.count, stream).map((w) => scale * w),
      );
      const x = Float64Array.from({ length: points * inputs }, () => coordinate(stream));
      return { x, task, noise: 0 };
    },
    sigma: 0,
    bayesUnder: (sigma) => onFeatures(features, bayes({ sigma, tau: scale })),
  });
}

function featureTask(features: Features, w: Float64Array): Task {
  const phi = new Float64Array(features.count);
  return {
    at: (x, from) => {
      features.write(x, from, phi);
      let value = 0;
      for (let j = 0; j < w.length; j++) value += w[j]! * phi[j]!;
      return value;
    },
  };
}

/** A learner that sees features in place of inputs. */
export function onFeatures(features: Features, learner: Learner): Learner {
  return {
    name: learner.name,
    predict: ({ x, y, episodes, points, inputs, family, seed }) => {
      const phi = new Float64Array(episodes * points * features.count);
      for (let at = 0; at < episodes * points; at++)
        features.write(x, at * inputs, phi.subarray(at * features.count, (at + 1) * features.count));
      return learner.predict({ x: phi, y, episodes, points, inputs: features.count, family, seed });
    },
  };
}
