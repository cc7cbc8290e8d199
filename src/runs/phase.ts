import { z } from 'zod';
import type { Learner } from '../core/episodes.js';
import { parseSpec, specHash } from '../core/spec.js';
import type { Verdict } from '../measure/index.js';
import { parseTrainSpec, type TrainSpec } from '../train/spec.js';
import { identify } from './identify.js';

const several = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item).min(1, `name at least one ${what}`);

/** A map of models: which algorithm is found at which size, noise and budget of training. */
export const phaseSchema = z.strictObject({
  /** d */
  inputs: z.int().min(1).max(64).default(5),
  layers: several(z.int().min(1).max(64), 'number of layers').default([1, 2, 4, 8]),
  width: several(z.int().min(4).max(1024), 'width').default([16, 32, 64]),
  /** σ of the labels in training and in what is asked. */
  noise: several(z.number().min(0), 'noise').default([0]),
  /** Budgets of training, so that depth and time are told apart: each is a run of its own. */
  steps: several(z.int().min(1), 'number of steps').default([1200]),
  /** What every run's spec has besides, such as `{"optimiser": "adam"}`. */
  train: z.record(z.string(), z.unknown()).default({}),
  /** Episodes of the identification. */
  episodes: z.int().min(2).max(1_000_000).default(512),
  seed: z.int().min(0).default(1),
});

export type PhaseSpec = z.output<typeof phaseSchema>;
export type PhaseOptions = z.input<typeof phaseSchema>;

/** Where on the map a run lies. */
export interface Place {
  readonly layers: number;
  readonly width: number;
  readonly noise: number;
  readonly steps: number;
}

/** A run's place, and what its model was found to be. */
export interface Phase extends Place {
  /** Hash of the run's training spec. */
  readonly run: string;
  readonly verdict: Verdict;
  /** λ of the ridge that matches best, with its interval. */
  readonly lambda: { readonly value: number; readonly low: number; readonly high: number };
}

/** @throws IcicleError (exit code 2) that names every wrong key */
export const parsePhase = (options: PhaseOptions): PhaseSpec => parseSpec('phase map', phaseSchema, options);

/** The training specs of a map, budgets within noise within width within layers. One thread each, so that a core is one run. */
export function phaseRuns(spec: PhaseSpec): { place: Place; train: TrainSpec }[] {
  const { inputs } = spec;
  return spec.layers.flatMap((layers) =>
    spec.width.flatMap((width) =>
      spec.noise.flatMap((noise) =>
        spec.steps.map((steps) => ({
          place: { layers, width, noise, steps },
          train: parseTrainSpec({
            name: `phase-${inputs}`,
            family: { family: 'linear', inputs, noise },
            weighting: 0.3,
            shards: 1,
            seed: spec.seed,
            ...spec.train,
            model: { ...shape(inputs, layers, width), ...(spec.train.model as object | undefined) },
            steps,
          }),
        })),
      ),
    ),
  );
}

const shape = (inputs: number, layers: number, width: number) => ({
  inputs,
  points: 2 * inputs + 1,
  layers,
  width,
  heads: width % 2 === 0 && width >= 32 ? 2 : 1,
});

/** What a finished run's model is, on the noise that it was trained on. */
export async function phaseOf(
  place: Place,
  train: TrainSpec,
  learner: Learner,
  spec: PhaseSpec,
): Promise<Phase> {
  const { rows, verdicts } = await identify(
    {
      family: { family: 'linear', inputs: spec.inputs, noise: place.noise },
      learner: learner.name,
      episodes: spec.episodes,
      seed: spec.seed,
    },
    { learners: [learner] },
  );
  const { value, low, high } = rows.find(({ metric }) => metric.startsWith('best-ridge-λ'))!;
  return {
    ...place,
    run: specHash(train),
    verdict: verdicts.find(({ overall }) => overall)!,
    lambda: { value, low, high },
  };
}
