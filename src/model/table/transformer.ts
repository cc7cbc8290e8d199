import { gelu, type Linear, normalisedLinear } from '../../graph/composites/index.js';
import {
  abs,
  add,
  concat,
  exp,
  expand,
  log,
  matmul,
  mul,
  neg,
  reduceMean,
  relu,
  reshape,
  slice,
  softmax,
  split,
  standardise,
  swapLast,
  transpose,
} from '../../graph/ops/index.js';
import { constant, type Dim, type Tensor, times } from '../../graph/tensor.js';
import { linear, sideBySide } from '../layers.js';
import type { TableConfig } from './config.js';

// Letters for axes: B tables, R rows of which the first N are labelled and the other A asked, T thinking rows, S = T + R,
// C columns, G = C + 1 tokens of a row (the last one is its target), E width, H heads, L length of a code, K classes, Q
// quantiles. Inside, a state is a matrix with a row for each token: [B·S·G,E].

const EPSILON = 1e-5;

/** What the transformer reads of tables of one layout. */
export interface TableInputs {
  /** [B,R,C]: standardised; 0 where missing. */
  readonly values: Tensor;
  /** [B,R,C]: 1 where missing. */
  readonly missing: Tensor;
  /** [B,R,C]: 1 in columns of categories. */
  readonly categories: Tensor;
  /** [B,N,L]: the code of each labelled row's class; or [B,N,1]: its standardised number. */
  readonly labels: Tensor;
}

/** The asked rows' target tokens after the last layer, and the labelled rows'; [B,A,E] and [B,N,E], normalised. */
export interface TableStates {
  readonly asked: Tensor;
  readonly labelled: Tensor;
}

/** The trunk: from cells to what is known of each row's target. */
export function tableForward(
  config: TableConfig,
  parameters: Readonly<Record<string, Tensor>>,
  { values, missing, categories, labels }: TableInputs,
): TableStates {
  const { width, thinking: t } = config;
  const [b, r, c] = values.shape as [Dim, number, number];
  const n = labels.shape[1] as number;
  const [s, g] = [t + r, c + 1];
  const get = (name: string): Tensor => parameters[name]!;
  const layer = (name: string): Linear => ({ weight: get(`${name}.weight`), bias: get(`${name}.bias`) });

  const cells = linear(grouped(config.group, [values, missing, categories]), layer('cell')); // [B,R,C,E]
  const kind = labels.shape[2] === 1 ? 'number' : 'class';
  const known = linear(labels, layer(kind)); // [B,N,E]
  const open = expand(reshape(get('asked'), [1, 1, width]), [b, r - n, width]);
  const targets = reshape(concat([known, open], 1), [b, r, 1, width]);
  let tokens = concat([cells, targets], 2); // [B,R,G,E]
  if (t > 0) {
    const thoughts = expand(reshape(get('thinking'), [1, t, 1, width]), [b, t, g, width]);
    tokens = concat([thoughts, tokens], 1);
  }
  let state = reshape(tokens, [times(s * g, b), width]); // [B·S·G,E]

  for (let index = 0; index < config.layers; index++) {
    const block = `blocks.${index}`;
    const scale = config.decay ** index;
    /** Linear layers side by side that read the state, normalised. */
    const read = (part: string, names: readonly string[]): Tensor => {
      const norm = { gain: get(`${block}.${part}.norm.gain`), bias: get(`${block}.${part}.norm.bias`) };
      return normalisedLinear(
        state,
        norm,
        sideBySide(names.map((name) => layer(`${block}.${part}.${name}`))),
        EPSILON,
      );
    };
    const shape = { b, s, g, heads: config.heads, width };
    const attended = (part: 'columns' | 'rows') => {
      const queryKeyValue = read(part, ['query', 'key', 'value']); // [B·S·G,3E]
      return part === 'columns' ? overColumns(queryKeyValue, shape) : overRows(queryKeyValue, shape, t + n);
    };
    for (const part of ['columns', 'rows'] as const) state = add(state, mul(attended(part), scale));
    const down = linear(gelu(read('mlp', ['up'])), layer(`${block}.mlp.down`));
    state = add(state, mul(down, scale));
  }

  const last = reshape(slice(reshape(state, [b, s, g, width]), 2, c, 1), [b, s, width]);
  const [normalised] = standardise(slice(last, 1, t, r), EPSILON);
  const final = add(mul(normalised, get('norm.gain')), get('norm.bias')); // [B,R,E]
  return { labelled: slice(final, 1, 0, n), asked: slice(final, 1, n, r - n) };
}

/**
 * Probabilities of the classes, [B,A,K].
 * @param codes [B,K,L]: each class's code
 * @param absent [B,K]: 1 where a table has no such class
 * @param labelled [B,N,K]: 1 for each labelled row's class
 */
export function classProbabilities(
  config: TableConfig,
  parameters: Readonly<Record<string, Tensor>>,
  { asked, labelled: shown }: TableStates,
  { codes, absent, labelled }: { codes: Tensor; absent: Tensor; labelled: Tensor },
): Tensor {
  const layer = (name: string): Linear => ({
    weight: parameters[`decoder.${name}.weight`]!,
    bias: parameters[`decoder.${name}.bias`]!,
  });
  if (config.decoder === 'codes') {
    const [b, k] = absent.shape as [Dim, number];
    const scores = matmul(linear(asked, layer('code')), swapLast(codes)); // [B,A,K]
    return softmax(add(scores, mul(reshape(absent, [b, 1, k]), -1e9)));
  }
  const { heads, width } = config;
  const perHead = (x: Tensor) =>
    transpose(reshape(x, [x.shape[0]!, x.shape[1]!, heads, width / heads]), [0, 2, 1, 3]); // [B,H,·,E/H]
  const [query, key] = [perHead(linear(asked, layer('query'))), perHead(linear(shown, layer('key')))];
  const pattern = softmax(mul(matmul(query, swapLast(key)), 1 / Math.sqrt(width / heads))); // [B,H,A,N]
  return matmul(reduceMean(pattern, [1]), labelled);
}

/** Quantiles of the number, [B,A,Q], ascending by construction: the middle one, and steps that are positive to both sides. */
export function quantilesOf(
  config: TableConfig,
  parameters: Readonly<Record<string, Tensor>>,
  { asked }: Pick<TableStates, 'asked'>,
): Tensor {
  const { quantiles: q } = config;
  const raw = linear(asked, {
    weight: parameters['decoder.quantiles.weight']!,
    bias: parameters['decoder.quantiles.bias']!,
  });
  const middle = (q - 1) / 2;
  const first = slice(raw, 2, 0, 1); // the middle of all
  const steps = mul(softplus(slice(raw, 2, 1, q - 1)), 4 / q); // [B,A,Q−1]
  // Quantile i is the middle one and the steps between, added above it and taken away below it.
  const sum = constant(
    Float64Array.from({ length: (q - 1) * q }, (_, at) => {
      const [step, i] = [Math.floor(at / q), at % q];
      if (i > middle) return step >= middle && step < i ? 1 : 0;
      return step >= i && step < middle ? -1 : 0;
    }),
    [q - 1, q],
  );
  return add(first, matmul(steps, sum));
}

/** log(1 + eˣ), without overflow. */
const softplus = (x: Tensor): Tensor => add(relu(x), log(add(exp(neg(abs(x))), 1)));

/** Each cell with its neighbours' channels, [B,R,C,channels·group]. */
function grouped(group: readonly number[], channels: readonly Tensor[]): Tensor {
  const columns = channels[0]!.shape[2] as number;
  const turned = (x: Tensor, offset: number) => {
    const by = offset % columns;
    return by === 0 ? x : concat([slice(x, 2, by, columns - by), slice(x, 2, 0, by)], 2);
  };
  const each = group.flatMap((offset) => channels.map((x) => turned(x, offset)));
  return concat(
    each.map((x) => reshape(x, [...x.shape, 1])),
    3,
  );
}

interface AttentionShape {
  readonly b: Dim;
  readonly s: number;
  readonly g: number;
  readonly heads: number;
  readonly width: number;
}

/** Attention of a row's tokens to one another. [B·S·G,3E] → [B·S·G,E] */
function overColumns(queryKeyValue: Tensor, { b, s, g, heads, width }: AttentionShape): Tensor {
  const each = width / heads;
  const perHead = reshape(queryKeyValue, [times(s, b), g, 3 * heads, each]);
  const [query, key, value] = split(perHead, [heads, heads, heads], 2) as [Tensor, Tensor, Tensor];
  const inRows = (x: Tensor) => transpose(x, [0, 2, 1, 3]); // [B·S,H,G,E/H]
  const scores = matmul(inRows(query), transpose(key, [0, 2, 3, 1])); // [B·S,H,G,G]
  const mixed = matmul(softmax(mul(scores, 1 / Math.sqrt(each))), inRows(value));
  return reshape(transpose(mixed, [0, 2, 1, 3]), [times(s * g, b), width]);
}

/** Attention of a column's tokens to those of the first `shown` rows. [B·S·G,3E] → [B·S·G,E] */
function overRows(queryKeyValue: Tensor, { b, s, g, heads, width }: AttentionShape, shown: number): Tensor {
  const each = width / heads;
  const perHead = reshape(queryKeyValue, [b, s, g, 3 * heads, each]);
  const [query, key, value] = split(perHead, [heads, heads, heads], 3) as [Tensor, Tensor, Tensor];
  const inColumns = (x: Tensor) => transpose(x, [0, 2, 3, 1, 4]); // [B,G,H,·,E/H]
  const keys = transpose(slice(key, 1, 0, shown), [0, 2, 3, 4, 1]); // [B,G,H,E/H,T+N]
  const scores = matmul(inColumns(query), keys); // [B,G,H,S,T+N]
  const mixed = matmul(softmax(mul(scores, 1 / Math.sqrt(each))), inColumns(slice(value, 1, 0, shown)));
  return reshape(transpose(mixed, [0, 3, 1, 2, 4]), [times(s * g, b), width]);
}
