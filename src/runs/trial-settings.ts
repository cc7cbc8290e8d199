import type { Setting } from './trials.js';

/** Textbook learners that take the episodes of any family, with typical parameters. */
const ANYWHERE = [
  ['zero', 'mean', 'averaging'],
  ['knn:3', 'knn:3:weighted', 'knn:3:inverse'],
  ['ols', 'ols:intercept', 'ridge:0.1', 'ridge:0.1:intercept', 'ridge:loo', 'ridge:loo:intercept'],
  ['gd:1', 'gd:8', 'gd:8:optimal', 'gdpp:1', 'momentum:8', 'sgd', 'newton:3', 'cg:4'],
  ['lasso:0.01', 'tree', 'tree:signs', 'boost'],
].flat();

/** Every textbook learner against the others, on families that they are made for. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  linear: { family: { family: 'linear', inputs: 5 }, learners: [...ANYWHERE, 'bayes'] },
  noisy: { family: { family: 'linear', inputs: 5, noise: 0.5 }, learners: [...ANYWHERE, 'bayes'] },
  sparse: {
    family: { family: 'sparse-linear', inputs: 8, nonzero: 2 },
    learners: [...ANYWHERE, 'lasso:0.1', 'bayes'],
  },
  classes: {
    family: { family: 'linear-classification', inputs: 5 },
    learners: [...ANYWHERE, 'logistic:1'],
  },
  trees: {
    family: { family: 'decision-tree', inputs: 5, depth: 2 },
    learners: [...ANYWHERE, 'tree:2'],
  },
  pooled: {
    family: { family: 'pooled', tasks: 16, of: { family: 'linear', inputs: 5, noise: 0.5 } },
    learners: [...ANYWHERE, 'bayes:0.5', 'dmmse', 'best-of-pool', 'bayes'],
  },
};
