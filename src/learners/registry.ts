import type { Learner, TaskFamily } from '../core/episodes.js';
import { invalid, missing, unknown, unsupported } from '../core/errors.js';
import { averaging } from './averaging.js';
import { bayes } from './bayes.js';
import { boost } from './boost.js';
import { cg } from './cg.js';
import { bestOfPool, dmmse } from './dmmse.js';
import { gd } from './gd.js';
import { gdpp } from './gdpp.js';
import { knn } from './knn.js';
import { lasso } from './lasso.js';
import { logistic } from './logistic.js';
import { mean } from './mean.js';
import { momentum } from './momentum.js';
import { newton } from './newton.js';
import { ols } from './ols.js';
import { hasPool, type PoolFamily } from './pool.js';
import { ridge } from './ridge.js';
import { ridgeHoldout } from './ridge-holdout.js';
import { ridgeLoo } from './ridge-loo.js';
import { sgd } from './sgd.js';
import { tree } from './tree.js';
import { zero } from './zero.js';

/** What can be asked for by name: the words after the colons, and how the learner is made from them. */
const registry: Record<string, { usage: string; make: (words: string[], family?: TaskFamily) => Learner }> = {
  zero: { usage: 'zero', make: (words) => none('zero', words, zero) },
  mean: { usage: 'mean', make: (words) => none('mean', words, mean) },
  averaging: { usage: 'averaging', make: (words) => none('averaging', words, averaging) },
  knn: { usage: 'knn:3, knn:3:weighted (by inverse squares) or knn:3:inverse', make: makeKnn },
  ols: { usage: 'ols or ols:intercept', make: (words) => withIntercept('ols', words, ols) },
  ridge: {
    usage: 'ridge:0.1 or ridge:loo, each with :intercept, or ridge:holdout:0.1:1:10 (λ to choose from)',
    make: makeRidge,
  },
  bayes: { usage: 'bayes, or bayes:σ or bayes:σ:τ', make: makeBayes },
  gd: { usage: 'gd:1 (steps), gd:1:0.01 (and rate α, or optimal) or gd:1:0.01:0.1 (and λ)', make: makeGd },
  gdpp: {
    usage: 'gdpp:4 (steps) or gdpp:4:0.01:0.005 (and rate α and γ)',
    make: (words) =>
      gdpp(numbers('gdpp', words, { steps: 'number of GD++ steps', rate: 'GD++ rate', gamma: 'GD++ γ' })),
  },
  momentum: {
    usage: 'momentum:8 (steps), momentum:8:0.9 (and β) or momentum:8:0.9:0.01 (and rate α)',
    make: (words) =>
      momentum(
        numbers('momentum', words, {
          steps: 'number of momentum steps',
          momentum: 'momentum β',
          rate: 'momentum rate',
        }),
      ),
  },
  sgd: {
    usage: 'sgd, sgd:0.01 (rate α) or sgd:0.01:0.1 (and λ)',
    make: (words) => sgd(numbers('sgd', words, { rate: 'SGD rate', lambda: 'SGD λ' })),
  },
  newton: {
    usage: 'newton:3 (iterations)',
    make: (words) => newton(numbers('newton', words, { steps: 'number of Newton iterations' })),
  },
  cg: {
    usage: 'cg:4 (steps) or cg:4:0.1 (and λ)',
    make: (words) =>
      cg(
        numbers('cg', words, {
          steps: 'number of conjugate gradient steps',
          lambda: 'conjugate gradient λ',
        }),
      ),
  },
  lasso: { usage: 'lasso:0.01', make: (words) => lasso(numbers('lasso', words, { alpha: 'lasso α' })) },
  logistic: {
    usage:
      'logistic:1 (λ; labels −1 and 1) or logistic:1:16:0.1 (and gradient steps and their rate, in place of the optimum)',
    make: (words) =>
      logistic(
        numbers('logistic', words, {
          lambda: 'logistic λ',
          steps: 'number of logistic gradient steps',
          rate: 'logistic rate',
        }),
      ),
  },
  tree: { usage: 'tree, tree:4 (depth), each with :signs', make: makeTree },
  boost: {
    usage: 'boost:50 (trees), boost:50:4 (and depth) or boost:50:4:0.1 (and rate)',
    make: (words) =>
      boost(
        numbers('boost', words, {
          trees: 'number of boosted trees',
          depth: 'depth of a tree',
          rate: 'boosting rate',
          lambda: 'boosting λ',
        }),
      ),
  },
  dmmse: {
    usage: 'dmmse (of a family with a pool of tasks)',
    make: (words, family) => none('dmmse', words, () => makeDmmse(family)),
  },
  'best-of-pool': {
    usage: 'best-of-pool (of a family with a pool of tasks)',
    make: (words, family) =>
      none('best-of-pool', words, () => {
        const { pool } = pooled('best-of-pool', family);
        return bestOfPool({ pool });
      }),
  },
};

/** The names that `parseLearner` knows, each with how it is written. */
export const learnerUsage: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(registry).map(([name, { usage }]) => [name, usage]),
);

/**
 * The learner that a text such as `ols`, `ridge:0.1`, `ridge:loo`, `knn:3`, `gd:1`, `mean`, `bayes` or `bayes:0.5`
 * names. A learner's own name is such a text, but for a prior over σ and for a grid of λ, which no text gives. `bayes`
 * alone, `dmmse` and `best-of-pool` are the family's.
 * @throws IcicleError (exit code 2) where the name is unknown or what follows it cannot be meant.
 */
export function parseLearner(text: string, family?: TaskFamily): Learner {
  const [name = '', ...words] = text.trim().split(':');
  if (name === '') throw missing('learner', `name one of ${Object.keys(registry).join(', ')}`);
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (entry === undefined) throw unknown('learner', name, Object.keys(registry));
  return entry.make(words, family);
}

/** How the weightings of neighbours can be written. */
const NEIGHBOURS = {
  weighted: 'inverse-square',
  'inverse-square': 'inverse-square',
  inverse: 'inverse',
} as const;

function makeKnn(words: string[]): Learner {
  const [k = '3', weighted, ...more] = words;
  if (more.length > 0 || (weighted !== undefined && !Object.hasOwn(NEIGHBOURS, weighted)))
    throw invalid(
      'learner',
      `knn:${words.join(':')}`,
      'use knn:3, knn:3:weighted (by inverse squares) or knn:3:inverse',
    );
  return knn({
    k: number('number of neighbours', k, 'it must be a whole number from 1'),
    weights: weighted === undefined ? 'uniform' : NEIGHBOURS[weighted as keyof typeof NEIGHBOURS],
  });
}

function makeRidge(words: string[]): Learner {
  const [lambda, ...rest] = words;
  if (lambda === undefined) throw missing('ridge λ', 'use ridge:0.1 or ridge:loo');
  if (lambda === 'loo') return withIntercept('ridge:loo', rest, ridgeLoo);
  if (lambda === 'holdout')
    return ridgeHoldout(rest.map((word) => number('ridge λ', word, 'it must be a number greater than 0')));
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
      : {
          rate:
            rate === 'optimal'
              ? rate
              : number('gradient rate', rate, 'it must be a number greater than 0, or optimal'),
        }),
    ...(lambda === undefined ? {} : { lambda: number('gradient λ', lambda, 'it must be a number from 0') }),
  });
}

function makeTree(words: string[]): Learner {
  const signs = words.at(-1) === 'signs';
  const [depth, ...more] = signs ? words.slice(0, -1) : words;
  none(`tree:${depth}`, more, () => undefined);
  return tree({
    signs,
    ...(depth === undefined
      ? {}
      : { depth: number('depth of a tree', depth, 'it must be a whole number from 1') }),
  });
}

function makeDmmse(family?: TaskFamily): Learner {
  const { pool, sigma, name } = pooled('dmmse', family);
  if (sigma === undefined)
    throw unsupported(
      'learner',
      'dmmse',
      `the label noise of family "${name}" has not one size; name another`,
    );
  return dmmse({ pool, sigma });
}

/** The family, if it brings a pool. */
function pooled(name: string, family?: TaskFamily): PoolFamily {
  if (family === undefined) throw missing(`pool of ${name}`, 'it is that of a family; name a pooled family');
  if (!hasPool(family))
    throw unsupported('learner', name, `family "${family.name}" has no pool of tasks; name another`);
  return family;
}

/** Options from words that are all numbers, in the order of `keys`, whose values say what each is. */
function numbers<Key extends string>(
  name: string,
  words: readonly string[],
  keys: Readonly<Record<Key, string>>,
): Partial<Record<Key, number>> {
  const all = Object.entries(keys) as [Key, string][];
  const used = words.slice(0, all.length);
  none([name, ...used].join(':'), words.slice(all.length), () => undefined);
  const options: Partial<Record<Key, number>> = {};
  for (const [at, word] of used.entries()) {
    const [key, what] = all[at]!;
    options[key] = number(what, word, `it must be a number; write ${registry[name]!.usage}`);
  }
  return options;
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
