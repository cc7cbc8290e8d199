/**
 * Icicle: frozen transformers that learn in context.
 *
 * Everything that predicts from a prompt is a `Learner`; everything one can say about learners is a table of
 * `Measurement` rows. This entry runs wherever JavaScript runs; what needs Node is in `icicle/node`.
 */
export {
  type Attached,
  type AttachedClass,
  type AttachedNumber,
  type AttachedTask,
  type AttachOnnxOptions,
  type AttachOptions,
  type Audit,
  attach,
  attachOnnx,
  type Encode,
  type Encoder,
  type Influence,
  type Label,
  ngramEncoder,
  type OnnxEncoder,
  onnxEncoder,
  promptLearner,
} from './attach/index.js';
export * as compiler from './compile/index.js';
export type { ShapedArray } from './core/array.js';
export type { Episodes, Learner, Predictions, TaskFamily } from './core/episodes.js';
export { IcicleError } from './core/errors.js';
export type { Measurement } from './core/measurement.js';
export { permutation, type Random, random } from './core/random.js';
export { canonicalJson, specHash } from './core/spec.js';
export type { Engine, Program } from './engine/engine.js';
export { slow } from './engine/slow.js';
export {
  averaging,
  bayes,
  bestOfPool,
  boost,
  cg,
  dmmse,
  gd,
  gdpp,
  knn,
  lasso,
  linearPool,
  logistic,
  mean,
  momentum,
  newton,
  ols,
  parseLearner,
  ridge,
  ridgeLoo,
  sgd,
  tree,
  zero,
} from './learners/index.js';
export * as measure from './measure/index.js';
export { type TransformerConfig, transformerConfig } from './model/config.js';
export { type ModelLearner, modelLearner } from './model/learner.js';
export { type Model, makeModel, readModel, readTableModel } from './model/model.js';
export { initialise, type Parameters, parameterShapes } from './model/parameters.js';
export { activationNames, trace } from './model/trace.js';
export { type Forward, forward } from './model/transformer.js';
export type { ContextOptions } from './tabular/context-options.js';
export type { Explanation } from './tabular/explain.js';
export type { Cell, Rows } from './tabular/memory.js';
export type { ClassPrediction, NumberPrediction, Prediction } from './tabular/prediction.js';
export { type TabularLearner, tabularLearner } from './tabular/tabular.js';
export type { TabularTask } from './tabular/tabular-task.js';
export { familyNames, linear, parseFamily } from './tasks/index.js';
export { parametersOf, type StepEvent, type TrainingState, train } from './train/loop.js';
export { type NetworkOptions, networkLearner } from './train/network-learner.js';
export { preset, presets } from './train/presets.js';
export { localShards, type Shards } from './train/shards.js';
export { parseTrainSpec, type TrainSpec } from './train/spec.js';
