import { expect, test } from 'vitest';
import type { TaskFamily } from '../core/episodes.js';
import { bayes, parseLearner } from './index.js';

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
    'bayes:0.5',
    'bayes:0.5:0.75',
  ])
    expect(parseLearner(name).name).toBe(name);
  expect(parseLearner(' knn ').name).toBe('knn:3');
  expect(parseLearner('gd').name).toBe('gd:1');
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
  ['rigde:1', 'unknown learner "rigde": did you mean "ridge"? Learners: mean, knn, ols, ridge, bayes, gd'],
  ['constructor', 'unknown learner "constructor": Learners: mean, knn, ols, ridge, bayes, gd'],
  ['', 'missing learner: name one of mean, knn, ols, ridge, bayes, gd'],
  ['ridge', 'missing ridge λ: use ridge:0.1 or ridge:loo'],
  ['ridge:', 'invalid ridge λ: "": it must be a number greater than 0, or loo'],
  ['ridge:lo', 'invalid ridge λ: "lo": it must be a number greater than 0, or loo'],
  ['ridge:-1', 'invalid ridge λ: -1: it must be a number greater than 0; for λ = 0 use ols'],
  ['ols:2', 'invalid learner: "ols:2": nothing follows ols'],
  ['knn:0', 'invalid number of neighbours: 0: it must be a whole number from 1'],
  ['knn:3:near', 'invalid learner: "knn:3:near": use knn:3 or knn:3:weighted'],
  ['gd:1.5', 'invalid number of gradient steps: 1.5: it must be a whole number from 1'],
  ['gd:1:0', 'invalid gradient rate: 0: it must be a number greater than 0, such as 0.01'],
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
