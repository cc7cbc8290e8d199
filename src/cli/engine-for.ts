import type { Engine } from '../engine/engine.js';
import { nodeEngine } from '../engine/node.js';
import { slow } from '../engine/slow.js';
import type { Model } from '../model/model.js';
import { isDouble } from '../model/parameters.js';

/** ONNX Runtime computes in float32; weights in float64 need the slow evaluator to be what they are. */
export const engineFor = (...models: readonly Pick<Model, 'parameters'>[]): Engine =>
  models.some(({ parameters }) => isDouble(parameters)) ? slow : nodeEngine();
