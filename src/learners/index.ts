import type { Learner, TaskFamily } from '../core/episodes.js';
import { invalid, missing, unknown, unsupported } from '../core/errors.js';
import { bayes } from './bayes.js';
import { gd } from './gd.js';
import { knn } from './knn.js';
import { mean } from './mean.js';
import { ols } from './ols.js';
import { ridge } from './ridge.js';
import { ridgeLoo } from './ridge-loo.js';

export { type BayesOptions, bayes, type NoiseLevel } from './bayes.js';
export { type GdOptions, gd } from './gd.js';
export { type KnnOptions, knn } from './knn.js';
export { mean } from './mean.js';
export { type OlsOptions, ols } from './ols.js';
export { type RidgeOptions, ridge } from './ridge.js';
export { LOO_GRID, type RidgeLooOptions, ridgeLoo } from './ridge-loo.js';
export { textbook } from './textbook.js';

/** What can be asked for by name: the words after the colons, and how the learner is made from them. */
const registry: Record<string, { usage: string; make: (words: string[], family?: TaskFamily) => Learner }> = {
  mean: { usage: 'mean', make: (words) => none('mean', words, mean) },
  knn: { usage: 'knn:3 or knn:3:weighted', make: makeKnn },
  ols: { usage: 'ols or ols:intercept', make: (words) => withIntercept('ols', words, ols) },
  ridge: { usage: 'ridge:0.1 or ridge:loo, each with :intercept', make: makeRidge },
  bayes: { usage: 'bayes, or bayes:σ or bayes:σ:τ', make: makeBayes },
  gd: { usage: 'gd:1 (steps), gd:1:0.01 (and rate α) or gd:1:0.01:0.1 (and λ)', make: makeGd },
};

/** The names that `parseLearner` knows, each with how it is written. */
export const learnerUsage: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(registry).map(([name, { usage }]) => [name, usage]),
);

/**
 * The learner that a text such as `ols`, `ridge:0.1`, `ridge:loo`, `knn:3`, `gd:1`, `mean`, `bayes` or `bayes:0.5`
 * names. A learner's own name is such a text, but for a prior over σ and for a grid of λ, which no text gives. `bayes`
 * alone is the family's.
 * @throws IcicleError (exit code 2) where the name is unknown or what follows it cannot be meant.
 */
export function parseLearner(text: string, family?: TaskFamily): Learner {
  const [name = '', ...words] = text.trim().split(':');
  if (name === '') throw missing('learner', `name one of ${Object.keys(registry).join(', ')}`);
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (entry === undefined) throw unknown('learner', name, Object.keys(registry));
  return entry.make(words, family);
}

function makeKnn(words: string[]): Learner {
  const [k = '3', weighted, ...more] = words;
  if (more.length > 0 || (weighted !== undefined && weighted !== 'weighted'))
    throw invalid('learner', `knn:${words.join(':')}`, 'use knn:3 or knn:3:weighted');
  return knn({
    k: number('number of neighbours', k, 'it must be a whole number from 1'),
    weights: weighted === undefined ? 'uniform' : 'inverse-square',
  });
}

function makeRidge(words: string[]): Learner {
  const [lambda, ...rest] = words;
  if (lambda === undefined) throw missing('ridge λ', 'use ridge:0.1 or ridge:loo');
  if (lambda === 'loo') return withIntercept('ridge:loo', rest, ridgeLoo);
  const value = number('ridge λ', lambda, 'it must be a number greater than 0, or loo');
  return withIntercept(`ridge:${lambda}`, rest, (options) => ridge({ lambda: value, ...options }));
}

function makeBayes(words: string[], family?: TaskFamily): Learner {
  const [sigma, tau, ...more] = words;
  if (sigma === undefined) {
    if (family === undefined)
      throw missing('noise σ of bayes', 'use bayes:0.5, or bayes:0.5:1 with the scale τ');
    if (family.bayes === undefined)
      throw unsupported(
        'learner',
        'bayes',
        `no Bayes learner is known for family "${family.name}"; name another`,
      );
    return { ...family.bayes(), name: 'bayes' };
  }
  none(`bayes:${sigma}:${tau}`, more, () => undefined);
  return bayes({
    sigma: number('noise σ', sigma, 'it must be a number from 0'),
    ...(tau === undefined ? {} : { tau: number('scale τ', tau, 'it must be a number greater than 0') }),
  });
}

function makeGd(words: string[]): Learner {
  const [steps = '1', rate, lambda, ...more] = words;
  none(`gd:${steps}:${rate}:${lambda}`, more, () => undefined);
  return gd({
    steps: number('number of gradient steps', steps, 'it must be a whole number from 1'),
    ...(rate === undefined
      ? {}
      : { rate: number('gradient rate', rate, 'it must be a number greater than 0') }),
    ...(lambda === undefined ? {} : { lambda: number('gradient λ', lambda, 'it must be a number from 0') }),
  });
}

function none<T>(name: string, words: readonly string[], make: () => T): T {
  if (words.length > 0) throw invalid('learner', `${name}:${words.join(':')}`, `nothing follows ${name}`);
  return make();
}

function withIntercept(
  name: string,
  words: readonly string[],
  make: (options: { intercept?: boolean }) => Learner,
): Learner {
  if (words.length === 1 && words[0] === 'intercept') return make({ intercept: true });
  return none(name, words, () => make({}));
}

function number(what: string, text: string, allowed: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw invalid(what, text, allowed);
  return value;
}
