import type { Read } from '../raw.js';
import { height } from '../sparse.js';
import type { Plan, Weight } from './plan.js';
import { reach } from './scales.js';
import { SHARP } from './units.js';

/** The hidden units of a layer's MLP, counted from 0. */
export interface Mlp {
  readonly units: number;
  readonly up: Weight;
  readonly down: Weight;
}

/** A linear form of rows. */
type Form = readonly (readonly [row: number, value: number])[];

/** The units that compute a layer's products, divisions and ReLUs. There are no biases: every one is odd or even. */
export function mlpOf(plan: Plan, l: number): Mlp {
  const { program, layout, ranges, scales, target } = plan;
  const up: Weight = [];
  const down: Weight = [];
  let units = 0;
  // What LayerNorm has divided by: √((2N² + q)/M) or, where it divides by a block, that block times N√(2/M).
  const [least, most] = ranges.squares[l]!;
  const divides = plan.layers[l]!.mlp.some((i) => program.instructions[i]!.star === '÷');
  const squares = 2 * scales.pads[l]! ** 2 + (divides ? 0 : (least + most) / 2);
  const undo = layout.pads.length > 0 ? Math.sqrt(squares / layout.width) : 1;
  const zero = layout.pads[2];
  const unit = (form: Form, outputs: Form) => {
    for (const [row, value] of form) {
      up.push([row, units, value * undo]);
      if (zero !== undefined) up.push([zero, units, -value * undo]);
    }
    for (const [row, value] of outputs) down.push([units, row, value]);
    units++;
  };
  /** Each channel of what is read as a form that is at most 1. */
  const forms = (read: Read, channels: number): { form: Form; range: number }[] => {
    const most = reach(read, channels, ranges);
    return most.map((range, channel) => ({
      range,
      form: read.matrix
        .filter(([row]) => row === channel)
        .map(
          ([, from, value]) =>
            [layout.rows[read.block]![from]!, (value * ranges.blocks[read.block]!) / range] as const,
        ),
    }));
  };
  for (const i of plan.layers[l]!.mlp) {
    const { star, r, s, w, out } = program.instructions[i]!;
    const channels = Math.max(height(out), height(r!.matrix));
    const writes = (channel: number, scale: number): Form =>
      out
        .filter(([, c]) => c === channel)
        .map(([to, , value]) => [layout.rows[w]![to]!, (value * scale) / ranges.blocks[w]!]);
    const others = star === '⊙' ? forms(s!, channels) : [];
    for (const [channel, { form, range }] of forms(r!, channels).entries()) {
      if (form.length === 0 || range === 0) continue;
      if (star === '⊙') product(form, others[channel]!.form, writes(channel, range * others[channel]!.range));
      else if (star === '÷') linear(form, writes(channel, range));
      else rectified(form, writes(channel, range));
    }
  }
  return { units, up, down };

  /** GELU(z) − GELU(−z) = z, whatever z: so is ReLU's. */
  function linear(form: Form, outputs: Form): void {
    unit(form, outputs);
    unit(times(form, -1), times(outputs, -1));
  }

  function product(a: Form, b: Form, outputs: Form): void {
    for (const { scale, weight } of scales.product.scales) {
      const share = (weight * Math.sqrt(Math.PI / 2) * scale * scale) / 4;
      for (const [sign, inner] of [
        [1, plus(a, b)],
        [-1, plus(a, times(b, -1))],
      ] as const) {
        if (inner.length === 0) continue;
        unit(times(inner, 1 / scale), times(outputs, sign * share));
        unit(times(inner, -1 / scale), times(outputs, sign * share));
      }
    }
  }

  function rectified(form: Form, outputs: Form): void {
    if (target.layers.activation === 'relu') unit(form, outputs);
    else unit(times(form, SHARP), times(outputs, 1 / SHARP));
  }
}

const times = (form: Form, factor: number): Form => form.map(([row, value]) => [row, value * factor]);

/** The sum of two forms, each row once. */
function plus(a: Form, b: Form): Form {
  const sum = new Map<number, number>();
  for (const [row, value] of [...a, ...b]) sum.set(row, (sum.get(row) ?? 0) + value);
  return [...sum].filter(([, value]) => value !== 0);
}
