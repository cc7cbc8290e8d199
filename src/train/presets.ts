import { unknown } from '../core/errors.js';

/** Specs with a name: what `icicle train <preset>` trains. Everything else has the defaults of `trainSpec`. */
export const presets: Readonly<Record<string, object>> = {
  /** The paper's setting at d = 5, noiseless: learns within a minute on a laptop. */
  'paper-5': {
    name: 'paper-5',
    family: { family: 'linear', inputs: 5 },
    model: { inputs: 5, points: 11, layers: 8, width: 32, heads: 4 },
    steps: 2400,
    weighting: 0.3,
  },
  /** The paper's setting at d = 8, noiseless: some minutes. */
  'paper-8': {
    name: 'paper-8',
    family: { family: 'linear', inputs: 8 },
    model: { inputs: 8, points: 17, layers: 8, width: 48, heads: 4 },
    rates: { adam: 3e-3 },
    steps: 8000,
    weighting: 0.3,
  },
  /**
   * The model that ships: up to 8 inputs, up to 40 examples, noiseless or noisy labels, round or skewed inputs. Prompts grow
   * while it trains, since short ones cost least and teach most; the target is the label without its noise.
   */
  'linear-8': {
    name: 'linear-8',
    family: {
      family: 'linear',
      inputs: 8,
      active: [1, 8],
      covariance: 'skewed',
      share: 0.25,
      noise: [
        { sigma: 0, weight: 13 },
        { sigma: [0.1, 1], weight: 7 },
      ],
    },
    model: { inputs: 8, points: 41, layers: 12, width: 48, heads: 4 },
    rates: { adam: 3e-3 },
    steps: 28_000,
    curriculum: { points: { from: 17, by: 6, every: 4000 } },
    target: 'truth',
    weighting: 0.3,
    evaluation: { every: 1000, episodes: 256 },
  },
  /** Tables: classes and numbers, a million parameters, on the prior of docs/prior.md. The first run of the model that ships. */
  tabular: {
    name: 'tabular',
    family: { family: 'tables' },
    model: { kind: 'table' },
    steps: 10_500,
    schedule: { warmup: 0.02 },
    average: 0.995,
    evaluation: { every: 500, tables: 128 },
  },
  /** Goes on from a table model's weights, which `--from` names; the card of the one that ships has its three runs. */
  'tabular-more': {
    name: 'tabular',
    seed: 2,
    family: { family: 'tables' },
    model: { kind: 'table' },
    steps: 8000,
    rates: { adam: 2e-3, muon: 0.01 },
    schedule: { warmup: 0.03 },
    average: 0.998,
    evaluation: { every: 500, tables: 128 },
  },
};

export function preset(name: string): object {
  const found = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (found === undefined) throw unknown('preset', name, Object.keys(presets));
  return found;
}
