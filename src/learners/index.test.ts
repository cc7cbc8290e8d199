import { expect, test } from 'vitest';
import type { TaskFamily } from '../core/episodes.js';
import { bayes, linearPool, parseLearner } from './index.js';

const NAMES =
  'zero, mean, averaging, knn, ols, ridge, bayes, gd, gdpp, momentum, sgd, newton, cg, lasso, logistic, tree, boost, dmmse, best-of-pool';

test('a learner’s name is the text that makes it', () => {
  for (const name of [
    'mean',
    'knn:3',
    'knn:5:weighted',
    'ols',
    'ols:intercept',
    'ridge:0.1',
    'ridge:0.1:intercept',
    'ridge:loo',
    'ridge:loo:intercept',
    'gd:1',
    'gd:8',
    'gd:1:0.01',
    'gd:2:0.01:0.5',
    'gd:4:optimal',
    'knn:5:inverse',
    'zero',
    'averaging',
    'gdpp:4',
    'gdpp:4:0.01:0.005',
    'momentum:8:0.9',
    'momentum:8:0.5:0.01',
    'sgd',
    'sgd:0.01',
    'sgd:0.01:0.1',
    'newton:0',
    'newton:3',
    'cg:4',
    'cg:4:0.1',
    'lasso:0.01',
    'logistic:0.5',
    'logistic:0.5:16:0.1',
    'ridge:holdout:0.1:1:10',
    'tree',
    'tree:4',
    'tree:signs',
    'tree:4:signs',
    'boost:50:4:0.1',
    'boost:50:4:0.1:0',
    'bayes:0.5',
    'bayes:0.5:0.75',
  ])
    expect(parseLearner(name).name).toBe(name);
  expect(parseLearner(' knn ').name).toBe('knn:3');
  expect(parseLearner('gd').name).toBe('gd:1');
  expect(parseLearner('knn:3:inverse-square').name).toBe('knn:3:weighted');
  expect(parseLearner('momentum:4').name).toBe('momentum:4:0.9');
  expect(parseLearner('boost').name).toBe('boost:50:4:0.1');
});

const family: TaskFamily = {
  name: 'test',
  inputs: 2,
  sample: () => {
    throw new Error('not needed');
  },
};

test('bayes alone is the family’s', () => {
  expect(parseLearner('bayes', { ...family, bayes: () => bayes({ sigma: 0.5 }) }).name).toBe('bayes');
});

test.each([
  ['rigde:1', `unknown learner "rigde": did you mean "ridge"? Learners: ${NAMES}`],
  ['constructor', `unknown learner "constructor": Learners: ${NAMES}`],
  ['', `missing learner: name one of ${NAMES}`],
  ['ridge', 'missing ridge λ: use ridge:0.1 or ridge:loo'],
  ['ridge:', 'invalid ridge λ: "": it must be a number greater than 0, or loo'],
  ['ridge:lo', 'invalid ridge λ: "lo": it must be a number greater than 0, or loo'],
  ['ridge:-1', 'invalid ridge λ: -1: it must be a number greater than 0; for λ = 0 use ols'],
  ['ols:2', 'invalid learner: "ols:2": nothing follows ols'],
  ['knn:0', 'invalid number of neighbours: 0: it must be a whole number from 1'],
  [
    'knn:3:near',
    'invalid learner: "knn:3:near": use knn:3, knn:3:weighted (by inverse squares) or knn:3:inverse',
  ],
  ['gd:1.5', 'invalid number of gradient steps: 1.5: it must be a whole number from 1'],
  ['gd:1:0', 'invalid gradient rate: 0: it must be a number greater than 0, such as 0.01'],
  ['gd:1:best', 'invalid gradient rate: "best": it must be a number greater than 0, or optimal'],
  [
    'gd:2:optimal:1',
    'missing gradient rate: the rate that is optimal knows no λ; use gd:1:0.01:0.1 (steps, rate, λ)',
  ],
  ['averaging:2', 'invalid learner: "averaging:2": nothing follows averaging'],
  ['gdpp:0', 'invalid number of GD++ steps: 0: it must be a whole number from 1'],
  ['gdpp:1:0.1', 'missing GD++ γ: give both or neither, such as gdpp:4:0.01:0.005 (steps, rate, γ)'],
  ['gdpp:1:0.1:-1', 'invalid GD++ γ: -1: it must be a number from 0'],
  ['momentum:2:1', 'invalid momentum β: 1: it must be from 0 to below 1, such as 0.9'],
  ['momentum:2:0.5:0', 'invalid momentum rate: 0: it must be a number greater than 0, such as 0.01'],
  ['momentum:2:0.5:1:1', 'invalid learner: "momentum:2:0.5:1:1": nothing follows momentum:2:0.5:1'],
  ['sgd:0', 'invalid SGD rate: 0: it must be a number greater than 0, such as 0.01'],
  [
    'sgd:fast',
    'invalid SGD rate: "fast": it must be a number; write sgd, sgd:0.01 (rate α) or sgd:0.01:0.1 (and λ)',
  ],
  ['sgd:1:-1', 'invalid SGD λ: -1: it must be a number from 0'],
  ['newton:-1', 'invalid number of Newton iterations: -1: it must be a whole number from 0'],
  ['cg:0', 'invalid number of conjugate gradient steps: 0: it must be a whole number from 1'],
  ['cg:1:-1', 'invalid conjugate gradient λ: -1: it must be a number from 0'],
  ['lasso:0', 'invalid lasso α: 0: it must be a number greater than 0, such as 0.01; for α = 0 use ols'],
  ['logistic:0', 'invalid logistic λ: 0: it must be a number greater than 0, such as 1'],
  ['tree:0', 'invalid depth of a tree: 0: it must be a whole number from 1; leave it out for no limit'],
  ['tree:2:deep', 'invalid learner: "tree:2:deep": nothing follows tree:2'],
  ['boost:0', 'invalid number of boosted trees: 0: it must be a whole number from 1'],
  ['boost:1:1:2', 'invalid boosting rate: 2: it must be above 0 and at most 1, such as 0.1'],
  ['dmmse', 'unsupported learner: "dmmse": family "test" has no pool of tasks; name another'],
  ['best-of-pool', 'unsupported learner: "best-of-pool": family "test" has no pool of tasks; name another'],
  ['bayes', 'unsupported learner: "bayes": no Bayes learner is known for family "test"; name another'],
  ['bayes:-1', 'invalid noise σ: -1: it must be a number from 0'],
  ['bayes:1:0', 'invalid scale τ: 0: it must be a number greater than 0'],
])('%s is refused', (text, message) => {
  expect(() => parseLearner(text, family)).toThrow(
    expect.objectContaining({ name: 'IcicleError', exitCode: 2, message }),
  );
});

test('a prior over σ needs weight', () => {
  expect(() => bayes({ sigma: [{ sigma: 1, weight: 0 }] })).toThrow('missing noise level');
  expect(() => parseLearner('bayes')).toThrow('missing noise σ of bayes: use bayes:0.5');
});

test('learners of a pool come from a family that has one', () => {
  const pooled = { ...family, pool: () => linearPool(Float64Array.of(1, 2), 2), sigma: 0.5 };
  expect(parseLearner('dmmse', pooled).name).toBe('dmmse');
  expect(parseLearner('best-of-pool', pooled).name).toBe('best-of-pool');
  expect(() => parseLearner('dmmse', { ...pooled, sigma: undefined } as TaskFamily)).toThrow(
    'unsupported learner: "dmmse": the label noise of family "test" has not one size; name another',
  );
  expect(() => parseLearner('dmmse')).toThrow(
    'missing pool of dmmse: it is that of a family; name a pooled family',
  );
});
