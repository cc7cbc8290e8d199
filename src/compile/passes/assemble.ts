import { sizeOf } from '../../core/array.js';
import { type TransformerConfig, transformerConfig } from '../../model/config.js';
import { type Parameters, parameterShapes } from '../../model/parameters.js';
import { attentionOf } from './heads.js';
import { mlpOf } from './mlp.js';
import type { Plan, Weight } from './plan.js';

/** Writes the transformer down: its config and its weights. */
export function assemble(plan: Plan): { config: TransformerConfig; parameters: Parameters } {
  const { program, target, layout, scales } = plan;
  const layers = plan.layers.map((_, l) => ({ ...attentionOf(plan, l), mlp: mlpOf(plan, l) }));
  const heads = Math.max(1, ...layers.map(({ heads }) => heads.length));
  const widths = layers.flatMap(({ heads }) => heads.map(({ keys, values }) => Math.max(keys, values)));
  const hidden = Math.max(0, ...layers.map(({ mlp }) => mlp.units));
  const config = transformerConfig.parse({
    inputs: program.inputs,
    points: program.examples + 1,
    tokens: 'separate',
    layers: layers.length,
    width: layout.width,
    heads,
    headWidth: Math.max(1, ...widths),
    mlpRatio: hidden / layout.width,
    positions: 'learned',
    ...target.layers,
  });
  const weights = writer(config, scales.precision === 'float64');
  const each = config.headWidth!;
  writeEmbedding(plan, weights);
  for (const [l, { heads, bias, mlp }] of layers.entries()) {
    const name = `blocks.${l}`;
    for (const [h, head] of heads.entries()) {
      const shift = (entries: Weight): Weight =>
        entries.map(([from, to, value]) => [from, h * each + to, value]);
      // Scores are divided by √(head width).
      const sharp = (entries: Weight): Weight =>
        entries.map(([from, to, value]) => [from, to, value * Math.sqrt(each)]);
      weights.put(`${name}.attention.query.weight`, shift(sharp(head.query)));
      weights.put(`${name}.attention.query.bias`, shift(sharp(head.queryBias)));
      weights.put(`${name}.attention.key.weight`, shift(head.key));
      weights.put(`${name}.attention.value.weight`, shift(head.value));
      weights.put(
        `${name}.attention.output.weight`,
        head.output.map(([from, to, value]) => [h * each + from, to, value]),
      );
    }
    if (config.attention === 'mesa')
      weights.put(
        `${name}.attention.ridge`,
        Array.from({ length: config.heads }, (_, h) => [0, h, heads[h]?.ridge ?? 1]),
      );
    weights.put(`${name}.attention.output.bias`, bias);
    if (hidden === 0) continue;
    weights.put(`${name}.mlp.up.weight`, mlp.up);
    weights.put(`${name}.mlp.down.weight`, mlp.down);
  }
  weights.put('head.weight', [[layout.rows[program.output]![0]!, 0, plan.ranges.blocks[program.output]!]]);
  return { config, parameters: weights.parameters };
}

/** Parameters that are zero but for what is put into them; what is put twice adds up. */
function writer(config: TransformerConfig, double: boolean) {
  const parameters = Object.fromEntries(
    Object.entries(parameterShapes(config)).map(([name, shape]) => {
      const size = sizeOf(shape);
      return [name, { shape, data: double ? new Float64Array(size) : new Float32Array(size) }];
    }),
  );
  return {
    parameters,
    put: (name: string, entries: Weight) => {
      const { shape, data } = parameters[name]!;
      const columns = shape.at(-1)!;
      for (const [row, column, value] of entries) {
        const at = row * columns + column;
        data[at] = data[at]! + value;
      }
    },
  };
}

/** Token [y, x] and the constants that blocks begin with. */
function writeEmbedding(plan: Plan, weights: ReturnType<typeof writer>): void {
  const { program, layout, ranges } = plan;
  const { rows } = layout;
  const scaled = (block: string, i: number, value: number) =>
    [rows[block]![i]!, value / ranges.blocks[block]!] as const;
  const token: Weight = [[0, ...scaled('y', 0, 1)]];
  for (let d = 0; d < program.inputs; d++) token.push([1 + d, ...scaled('x', d, 1)]);
  weights.put('embed.weight', token);
  const constants: Weight = Object.entries(program.blocks).flatMap(([block, { initial = [] }]) =>
    initial.flatMap((value, i): Weight => (value === 0 ? [] : [[0, ...scaled(block, i, value)]])),
  );
  weights.put('embed.bias', constants);
  weights.put(
    'positions',
    rows.token!.map((row, token) => [token, row, 1]),
  );
}
