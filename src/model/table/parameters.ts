import { sizeOf } from '../../core/array.js';
import { random } from '../../core/random.js';
import { layerShapes } from '../layers.js';
import type { Parameters } from '../parameters.js';
import { comparesCodes, retrieves, type TableConfig } from './config.js';

/** F: of a cell and its neighbours each the value, whether it is missing, whether its column is a category. */
export const featuresOf = ({ group }: Pick<TableConfig, 'group'>): number => 3 * group.length;

/** Every parameter's name and shape. All weights are [inputs, outputs]: y = x W + b. */
export function tableShapes(config: TableConfig): Record<string, number[]> {
  const { width, layers, thinking, codes, quantiles } = config;
  const hidden = tableHidden(config);
  const { shapes, linear, layerNorm } = layerShapes(width);
  linear('cell', featuresOf(config), width);
  linear('class', codes, width);
  linear('number', 1, width);
  shapes.asked = [width];
  if (thinking > 0) shapes.thinking = [thinking, width];
  for (let layer = 0; layer < layers; layer++)
    for (const part of ['columns', 'rows', 'mlp']) {
      const name = `blocks.${layer}.${part}`;
      layerNorm(`${name}.norm`);
      if (part === 'mlp') {
        linear(`${name}.up`, width, hidden);
        linear(`${name}.down`, hidden, width);
      } else
        for (const projection of ['query', 'key', 'value']) linear(`${name}.${projection}`, width, width);
    }
  layerNorm('norm');
  if (comparesCodes(config)) linear('decoder.code', width, codes);
  if (retrieves(config))
    for (const projection of ['query', 'key']) linear(`decoder.${projection}`, width, width);
  if (config.decoder === 'both') shapes['decoder.strength'] = [1];
  linear('decoder.quantiles', width, quantiles);
  return shapes;
}

export const tableHidden = ({ width, mlpRatio }: TableConfig): number =>
  Math.max(1, Math.round(width * mlpRatio));

/** Fresh parameters: weights N(0, 1/fan-in), what ends a sub-block scaled by 1/√(3L), vectors N(0, .02²), biases zero. */
export function initialiseTable(config: TableConfig, seed: number): Parameters {
  const residual = 1 / Math.sqrt(3 * config.layers);
  return Object.fromEntries(
    Object.entries(tableShapes(config)).map(([name, shape]) => {
      const stream = random(seed, 'initialise', name);
      const data = new Float32Array(sizeOf(shape));
      const back = name.endsWith('mlp.down.weight') || name.endsWith('value.weight');
      const scale = name.endsWith('.weight') ? (back ? residual : 1) / Math.sqrt(shape[0]!) : 0.02;
      if (name.endsWith('.gain')) data.fill(1);
      else if (!name.endsWith('.bias'))
        for (let i = 0; i < data.length; i++) data[i] = scale * stream.normal();
      return [name, { shape, data }];
    }),
  );
}
