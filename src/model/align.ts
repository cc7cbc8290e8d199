import type { ShapedArray } from '../core/array.js';
import { assign } from './assign.js';
import { headWidth, mlpWidth, type TransformerConfig } from './config.js';
import type { Model } from './model.js';
import type { Parameters } from './parameters.js';

/** Parts of a layer that may stand in any order: what it computes is the same. */
interface Group {
  readonly kind: 'heads' | 'units';
  readonly count: number;
  /** Where the parts lie: along an axis of a parameter, `span` numbers for each part. */
  readonly places: readonly { readonly name: string; readonly axis: 0 | 1; readonly span: number }[];
}

export interface Aligned {
  readonly parameters: Parameters;
  /** How many heads and hidden units were put elsewhere, of how many. */
  readonly moved: { readonly heads: number; readonly units: number };
  readonly of: { readonly heads: number; readonly units: number };
  /** Euclidean distance of all weights to those of the other model, before and after. */
  readonly before: number;
  readonly after: number;
}

/**
 * The weights of `b` with the heads and the hidden units of each layer in the order that brings them nearest to those of
 * `a`; what they compute stays the same. Of the symmetries of a transformer these are the discrete ones (Ainsworth et al.,
 * arXiv 2209.04836, match units likewise): rotations within a head or of the residual stream are left as they are.
 * Both models have the same config.
 */
export function align(a: Model, b: Model): Aligned {
  const parameters = Object.fromEntries(
    Object.entries(b.parameters).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
  const moved = { heads: 0, units: 0 };
  const of = { heads: 0, units: 0 };
  for (const { kind, count, places } of groupsOf(a.config)) {
    const [own, other] = [partsOf(a.parameters, count, places), partsOf(b.parameters, count, places)];
    const order = assign(own.map((part) => other.map((candidate) => squaredDistance(part, candidate))));
    of[kind] += count;
    moved[kind] += order.filter((from, to) => from !== to).length;
    for (const { name, axis, span } of places)
      for (const [to, from] of order.entries())
        copyPart(b.parameters[name]!, from, parameters[name]!, to, axis, span);
  }
  return {
    parameters,
    moved,
    of,
    before: distance(a.parameters, b.parameters),
    after: distance(a.parameters, parameters),
  };
}

/** (1 − t) a + t b, weight by weight. */
export function between(a: Parameters, b: Parameters, t: number): Parameters {
  return Object.fromEntries(
    Object.entries(a).map(([name, { shape, data }]) => {
      const other = b[name]!.data;
      // Where one of them is in float64, so is what lies between.
      const double = data instanceof Float64Array || other instanceof Float64Array;
      const mixed = Float64Array.from(data, (value, i) => (1 - t) * value + t * other[i]!);
      return [name, { shape, data: double ? mixed : Float32Array.from(mixed) }];
    }),
  );
}

function groupsOf(config: TransformerConfig): Group[] {
  const [each, units] = [headWidth(config), mlpWidth(config)];
  return Array.from({ length: config.looped ? 1 : config.layers }, (_, l): Group[] => {
    const name = `blocks.${l}`;
    const columns = (layer: string, span: number) => [
      { name: `${name}.${layer}.weight`, axis: 1 as const, span },
      { name: `${name}.${layer}.bias`, axis: 0 as const, span },
    ];
    const heads: Group = {
      kind: 'heads',
      count: config.heads,
      places: [
        ...['query', 'key', 'value'].flatMap((part) => columns(`attention.${part}`, each)),
        { name: `${name}.attention.output.weight`, axis: 0, span: each },
        ...(config.attention === 'mesa'
          ? [{ name: `${name}.attention.ridge`, axis: 0 as const, span: 1 }]
          : []),
      ],
    };
    if (units === 0) return [heads];
    const down = { name: `${name}.mlp.down.weight`, axis: 0 as const, span: 1 };
    return [heads, { kind: 'units', count: units, places: [...columns('mlp.up', 1), down] }];
  }).flat();
}

/** All numbers of each part, one after the other. */
function partsOf(parameters: Parameters, count: number, places: Group['places']): Float64Array[] {
  return Array.from({ length: count }, (_, part) =>
    Float64Array.from(
      places.flatMap(({ name, axis, span }) => {
        const { data } = parameters[name]!;
        return indices(parameters[name]!, part, axis, span).map((at) => data[at]!);
      }),
    ),
  );
}

function copyPart(
  from: ShapedArray,
  part: number,
  into: ShapedArray,
  to: number,
  axis: 0 | 1,
  span: number,
): void {
  const target = indices(into, to, axis, span);
  for (const [i, at] of indices(from, part, axis, span).entries()) into.data[target[i]!] = from.data[at]!;
}

/** Where the numbers of a part lie. */
function indices({ shape, data }: ShapedArray, part: number, axis: 0 | 1, span: number): number[] {
  const columns = axis === 1 ? shape[1]! : data.length / shape[0]!;
  if (axis === 0) return Array.from({ length: span * columns }, (_, i) => part * span * columns + i);
  return Array.from({ length: shape[0]! * span }, (_, i) => {
    const [row, column] = [Math.floor(i / span), i % span];
    return row * columns + part * span + column;
  });
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

const distance = (a: Parameters, b: Parameters): number =>
  Math.sqrt(
    Object.entries(a).reduce((sum, [name, { data }]) => sum + squaredDistance(data, b[name]!.data), 0),
  );
