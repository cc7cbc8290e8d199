export { calibration, givesDistribution } from './calibration.js';
export { calibrationError } from './calibration-error.js';
export { type Fit, fitParameter } from './fit.js';
export { type Candidate, identify, identifyOver } from './identify.js';
export {
  type ImpliedWeights,
  impliedWeights,
  weightCosines,
  weightDistances,
} from './implied-weights.js';
export { bootstrapMeans, type Estimates, type IntervalOptions, MAX_BLOCKS, medians } from './intervals.js';
export {
  type About,
  excessError,
  type MetricOptions,
  meanRows,
  meanSpd,
  medianRows,
  medianSpd,
  medianSquaredError,
  rangeRow,
  type SpdOptions,
  spd,
  squaredError,
  squaredErrorDifference,
} from './metrics.js';
export { residualCosines } from './similarity.js';
export {
  differences,
  excessErrors,
  type Labels,
  overExamples,
  squaredDifferences,
  squaredErrors,
  type Values,
} from './values.js';
export { type Verdict, verdicts } from './verdict.js';
export { nearestAlong, type Stretch, stretchesInWords, type Walk, type WalkRow } from './walk.js';
