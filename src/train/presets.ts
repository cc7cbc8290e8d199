import { unknown } from '../core/errors.js';

/** Specs with a name: what `icicle train <preset>` trains. Everything else has the defaults of `trainSpec`. */
export const presets: Readonly<Record<string, object>> = {
  /** The paper's setting at d = 5, noiseless: learns within a minute on a laptop. */
  'paper-5': {
    name: 'paper-5',
    family: { family: 'linear', inputs: 5 },
    model: { inputs: 5, points: 11, layers: 8, width: 32, heads: 2 },
    steps: 3000,
  },
  /** The paper's setting at d = 8, noiseless: some minutes. */
  'paper-8': {
    name: 'paper-8',
    family: { family: 'linear', inputs: 8 },
    model: { inputs: 8, points: 17, layers: 8, width: 48, heads: 2 },
    rates: { adam: 3e-3 },
    steps: 6000,
  },
};

export function preset(name: string): object {
  const found = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (found === undefined) throw unknown('preset', name, Object.keys(presets));
  return found;
}
