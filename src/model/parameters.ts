import { type ShapedArray, sizeOf } from '../core/array.js';
import { random } from '../core/random.js';
import { headWidth, mlpWidth, type TransformerConfig, tokensOf } from './config.js';
import { layerShapes } from './layers.js';

/** Named arrays: all that a model has learned. */
export type Parameters = Readonly<Record<string, ShapedArray>>;

/** Whether weights are float64, as compiled ones may be: float32, in which ONNX Runtime computes, would make others of them. */
export const isDouble = (parameters: Parameters): boolean =>
  Object.values(parameters).some(({ data }) => data instanceof Float64Array);

/** Every parameter's name and shape. All weights are [inputs, outputs]: y = x W + b. */
export function parameterShapes(config: TransformerConfig): Record<string, number[]> {
  const { inputs, points, width, layers, heads, positions, norm, looped } = config;
  const attention = heads * headWidth(config);
  const hidden = mlpWidth(config);
  const hasNorms = norm === 'pre' || norm === 'replace';
  const { shapes, linear, layerNorm } = layerShapes(width);
  linear('embed', inputs + 1, width);
  if (positions === 'learned') shapes.positions = [tokensOf(points), width];
  for (let layer = 0; layer < (looped ? 1 : layers); layer++) {
    const block = `blocks.${layer}`;
    if (hasNorms) layerNorm(`${block}.attention.norm`);
    for (const part of ['query', 'key', 'value']) linear(`${block}.attention.${part}`, width, attention);
    linear(`${block}.attention.output`, attention, width);
    if (config.attention === 'mesa') shapes[`${block}.attention.ridge`] = [heads];
    if (hidden === 0) continue;
    if (hasNorms) layerNorm(`${block}.mlp.norm`);
    linear(`${block}.mlp.up`, width, hidden);
    linear(`${block}.mlp.down`, hidden, width);
  }
  if (norm === 'pre') layerNorm('norm');
  linear('head', width, 1);
  return shapes;
}

export const countParameters = (config: TransformerConfig): number =>
  Object.values(parameterShapes(config)).reduce((sum, shape) => sum + sizeOf(shape), 0);

export type Initialisation = 'fan-in' | 'uniform-scaling';

/**
 * Fresh parameters, each from its own stream of the seed. LayerNorm starts as itself, gain one and bias zero;
 * mesa attention with λ = 1.
 * `fan-in`: weights N(0, 1/fan-in), what goes back into the residual stream scaled by 1/√(2L), positions N(0, .02²),
 * biases zero.
 * `uniform-scaling` (Akyürek et al. 2023, appendix): U(±1/√fan-in) for weights and positions, whose fan-in is their number
 * of rows; biases have none, and get U(±1/√M).
 */
export function initialise(
  config: TransformerConfig,
  seed: number,
  kind: Initialisation = 'fan-in',
): Parameters {
  const residual = 1 / Math.sqrt(2 * config.layers);
  return Object.fromEntries(
    Object.entries(parameterShapes(config)).map(([name, shape]) => {
      const stream = random(seed, 'initialise', name);
      const data = new Float32Array(sizeOf(shape));
      if (name.endsWith('.gain') || name.endsWith('.ridge')) data.fill(1);
      else if (name.endsWith('norm.bias')) data.fill(0);
      else if (kind === 'uniform-scaling') {
        const bound = 1 / Math.sqrt(shape.length === 2 ? shape[0]! : config.width);
        for (let i = 0; i < data.length; i++) data[i] = bound * (2 * stream.uniform() - 1);
      } else if (shape.length === 2) {
        const back = name.endsWith('attention.output.weight') || name.endsWith('mlp.down.weight');
        const scale = name === 'positions' ? 0.02 : (back ? residual : 1) / Math.sqrt(shape[0]!);
        for (let i = 0; i < data.length; i++) data[i] = scale * stream.normal();
      }
      return [name, { shape, data }];
    }),
  );
}
