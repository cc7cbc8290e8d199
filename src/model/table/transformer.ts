import { gelu, type Linear, normalisedLinear } from '../../graph/composites/index.js';
import {
  abs,
  add,
  concat,
  exp,
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
import { constant, type Dim, type Tensor } from '../../graph/tensor.js';
import { linear, sideBySide } from '../layers.js';
import { comparesCodes, retrieves, type TableConfig } from './config.js';

// Letters for axes: B tables, R rows of which the first N are labelled and the other A asked, T thinking rows, S rows of a
// state, C columns, G = 1 + C tokens of a row (the first one is its target), F features of a cell, E width, H heads, L length
// of a code, K classes, Q quantiles. A state is [B,S,G,E]; lengths may be open where nothing but the context is read.

const EPSILON = 1e-5;

type Parameters = Readonly<Record<string, Tensor>>;

/** What the transformer reads of tables of one layout. */
export interface TableInputs {
  /** [B,R,C,F]: each cell with its neighbours, as `cellFeatures` gives them; the labelled rows first. */
  readonly cells: Tensor;
  /** [B,N,L]: the code of each labelled row's class; or [B,N,1]: its standardised number. */
  readonly labels: Tensor;
}

/**
 * What a layer's rows attend to: keys [B,G,H,E/H,S] and values [B,G,H,S,E/H] of the labelled and the thinking rows; in the
 * last layer G is 1.
 */
export interface ShownRows {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Target tokens after the last layer, normalised: of the asked rows [B,A,E] and of the labelled ones [B,N,E]. */
export interface TableStates {
  readonly asked: Tensor;
  readonly labelled: Tensor;
}

/** The trunk, for training: labelled and asked rows in one pass, where every row attends to the labelled and thinking ones. */
export function tableForward(
  config: TableConfig,
  parameters: Parameters,
  { cells, labels }: TableInputs,
): TableStates {
  const [r, n, t] = [cells.shape[1] as number, labels.shape[1] as number, config.thinking];
  const open = askedTokens(parameters, slice(cells, 1, n, r - n));
  const targets = concat([labelTokens(parameters, labels), open], 1);
  const tokens = withThinking(config, parameters, targets, cells);
  const final = blocks(config, parameters, tokens, (_, key, value) =>
    shownRows(config, slice(key, 1, 0, t + n), slice(value, 1, 0, t + n)),
  );
  return { labelled: slice(final, 1, t, n), asked: slice(final, 1, t + n, r - n) };
}

/** The labelled rows alone: what asked rows will attend to, and the decoder's view of the labelled rows, [B,N,E]. */
export function contextForward(
  config: TableConfig,
  parameters: Parameters,
  { cells, labels }: TableInputs,
): { readonly shown: readonly ShownRows[]; readonly labelled: Tensor } {
  const shown: ShownRows[] = [];
  const tokens = withThinking(config, parameters, labelTokens(parameters, labels), cells);
  const final = blocks(config, parameters, tokens, (layer, key, value) => {
    shown[layer] = shownRows(config, key, value);
    return shown[layer];
  });
  return { shown, labelled: slice(final, 1, config.thinking, cells.shape[1]!) };
}

/**
 * Asked rows, given what the labelled ones left behind.
 * @param cells [B,A,C,F]
 * @returns their target tokens [B,A,E], and how they leaned on the thinking and labelled rows: the attention of their targets,
 * mean over heads and layers, [B,A,T+N]
 */
export function queryForward(
  config: TableConfig,
  parameters: Parameters,
  cells: Tensor,
  shown: readonly ShownRows[],
): { readonly asked: Tensor; readonly leaning: Tensor } {
  const tokens = concat([askedTokens(parameters, cells), cellTokens(parameters, cells)], 2);
  const patterns: Tensor[] = [];
  const asked = blocks(
    config,
    parameters,
    tokens,
    (layer) => shown[layer]!,
    (pattern) => {
      patterns.push(reduceMean(slice(pattern, 1, 0, 1), [1, 2]));
    },
  );
  const leaning = mul(
    patterns.reduce((a, b) => add(a, b)),
    1 / config.layers,
  );
  return { asked, leaning };
}

const layerOf = (parameters: Parameters, name: string): Linear => ({
  weight: parameters[`${name}.weight`]!,
  bias: parameters[`${name}.bias`]!,
});

/** The target tokens of labelled rows, [B,N,1,E]. */
function labelTokens(parameters: Parameters, labels: Tensor): Tensor {
  const known = linear(labels, layerOf(parameters, labels.shape[2] === 1 ? 'number' : 'class'));
  const [b, n, e] = known.shape as [Dim, Dim, number];
  return reshape(known, [b, n, 1, e]);
}

const cellTokens = (parameters: Parameters, cells: Tensor): Tensor =>
  linear(cells, layerOf(parameters, 'cell'));

/** The first row of cells, or the first column, as zeros [B,·,·,1]: what is added to it has as many of the other axis. */
const zeros = (cells: Tensor, ...firstOf: readonly number[]): Tensor =>
  mul(
    firstOf.reduce((x, axis) => slice(x, axis, 0, 1), slice(cells, 3, 0, 1)),
    0,
  );

/** The target tokens of asked rows. @param cells [B,A,C,F] @returns [B,A,1,E] */
const askedTokens = ({ asked }: Parameters, cells: Tensor): Tensor => add(zeros(cells, 2), asked!);

/** The thinking rows before the others. @param targets [B,S,1,E] @param cells [B,S,C,F] @returns [B,T+S,G,E] */
function withThinking(
  { thinking, width }: TableConfig,
  parameters: Parameters,
  targets: Tensor,
  cells: Tensor,
): Tensor {
  const own = cellTokens(parameters, cells);
  if (thinking === 0) return concat([targets, own], 2);
  const thoughts = reshape(parameters.thinking!, [1, thinking, 1, width]);
  const thought = (...firstOf: number[]) => add(thoughts, zeros(cells, ...firstOf));
  return concat([concat([thought(1, 2), targets], 1), concat([thought(1), own], 1)], 2);
}

/** What rows attend to in a layer, given the rows' own keys and values [B,S,G,E]. */
type Shown = (layer: number, key: Tensor, value: Tensor) => ShownRows;

/**
 * All layers. Of the last one only target tokens are read, so nothing else is computed after its columns have met.
 * @param tokens [B,S,G,E]
 * @param see is shown each layer's attention over rows, [B,G,H,S,·]
 * @returns the target tokens, normalised, [B,S,E]
 */
function blocks(
  config: TableConfig,
  parameters: Parameters,
  tokens: Tensor,
  shown: Shown,
  see: (pattern: Tensor) => void = () => undefined,
): Tensor {
  let state = tokens;
  for (let index = 0; index < config.layers; index++) {
    const block = `blocks.${index}`;
    /** Linear layers of some tokens, normalised. */
    const read = (part: string, names: readonly string[], of = state): Tensor[] => {
      const norm = {
        gain: parameters[`${block}.${part}.norm.gain`]!,
        bias: parameters[`${block}.${part}.norm.bias`]!,
      };
      const layers = names.map((name) => layerOf(parameters, `${block}.${part}.${name}`));
      const widths = layers.map(({ weight }) => weight.shape[1] as number);
      const all = normalisedLinear(of, norm, sideBySide(layers), EPSILON);
      return names.length === 1 ? [all] : [...split(all, widths, 3)];
    };
    const added = (part: Tensor) => {
      state = add(state, mul(part, config.decay ** index));
    };
    if (index < config.layers - 1) {
      const [query, key, value] = read('columns', ['query', 'key', 'value']);
      added(overColumns(config, query!, key!, value!));
    } else {
      const [key, value] = read('columns', ['key', 'value']);
      state = slice(state, 2, 0, 1);
      added(overColumns(config, read('columns', ['query'])[0]!, key!, value!));
    }
    const [query, key, value] = read('rows', ['query', 'key', 'value']);
    const rows = overRows(config, query!, shown(index, key!, value!));
    see(rows.pattern);
    added(rows.mixed);
    added(linear(gelu(read('mlp', ['up'])[0]!), layerOf(parameters, `${block}.mlp.down`)));
  }
  const [b, s, , e] = state.shape as [Dim, Dim, number, number];
  const [normalised] = standardise(reshape(state, [b, s, e]), EPSILON);
  return add(mul(normalised, parameters['norm.gain']!), parameters['norm.bias']!);
}

/** [B,S,·,E] with the width cut into heads, [B,S,·,H,E/H]. */
function inHeads({ heads, width }: TableConfig, x: Tensor): Tensor {
  const [b, s, g] = x.shape as [Dim, Dim, Dim];
  return reshape(x, [b, s, g, heads, width / heads]);
}

const joined = (x: Tensor): Tensor => {
  const [b, s, g, h, each] = x.shape as [Dim, Dim, Dim, number, number];
  return reshape(x, [b, s, g, h * each]);
};

const scaled = ({ heads, width }: TableConfig, scores: Tensor): Tensor =>
  softmax(mul(scores, 1 / Math.sqrt(width / heads)));

/** Attention of a row's tokens to one another. All [B,S,G,E]; there may be fewer queries. */
function overColumns(config: TableConfig, query: Tensor, key: Tensor, value: Tensor): Tensor {
  const [q, k, v] = [query, key, value].map((x) => inHeads(config, x)) as [Tensor, Tensor, Tensor];
  const inRows = (x: Tensor) => transpose(x, [0, 1, 3, 2, 4]); // [B,S,H,G,E/H]
  const pattern = scaled(config, matmul(inRows(q), transpose(k, [0, 1, 3, 4, 2]))); // [B,S,H,G,G]
  return joined(transpose(matmul(pattern, inRows(v)), [0, 1, 3, 2, 4]));
}

/** Rows as others attend to them. @param key and value [B,S,G,E] */
const shownRows = (config: TableConfig, key: Tensor, value: Tensor): ShownRows => ({
  keys: transpose(inHeads(config, key), [0, 2, 3, 4, 1]),
  values: transpose(inHeads(config, value), [0, 2, 3, 1, 4]),
});

/** Attention of a column's tokens to those of the rows that are shown. @param query [B,S,G,E] */
function overRows(config: TableConfig, query: Tensor, { keys, values }: ShownRows) {
  const inColumns = transpose(inHeads(config, query), [0, 2, 3, 1, 4]); // [B,G,H,S,E/H]
  const pattern = scaled(config, matmul(inColumns, keys)); // [B,G,H,S,·]
  return { pattern, mixed: joined(transpose(matmul(pattern, values), [0, 3, 1, 2, 4])) };
}

/**
 * Probabilities of the classes, [B,A,K].
 * @param codes [B,K,L]: each class's code
 * @param absent [B,K]: 1 where a table has no such class; left out where all tables have all classes
 * @param labelled [B,N,K]: 1 for each labelled row's class
 */
export function classProbabilities(
  config: TableConfig,
  parameters: Parameters,
  states: TableStates,
  { codes, absent, labelled }: { codes: Tensor; absent?: Tensor; labelled: Tensor },
): Tensor {
  const retrieved = () => retrievedClasses(config, parameters, states, labelled);
  if (!comparesCodes(config)) return retrieved();
  const answer = linear(states.asked, layerOf(parameters, 'decoder.code'));
  const compared = matmul(answer, swapLast(codes)); // [B,A,K]
  const scores = retrieves(config)
    ? add(compared, mul(log(add(retrieved(), LEAST_RETRIEVED)), parameters['decoder.strength']!))
    : compared;
  if (absent === undefined) return softmax(scores);
  const [b, k] = absent.shape as [Dim, Dim];
  return softmax(add(scores, mul(reshape(absent, [b, 1, k]), -1e9)));
}

/** Added to what is retrieved of a class before its logarithm, which would be endless where no row of the class is looked at. */
const LEAST_RETRIEVED = 0.01;

/** How much attention of the asked rows is on labelled rows of each class, the mean over heads, [B,A,K]. @param labelled [B,N,K] */
function retrievedClasses(
  config: TableConfig,
  parameters: Parameters,
  { asked, labelled: shown }: TableStates,
  labelled: Tensor,
): Tensor {
  const perHead = (rows: Tensor, name: string) => {
    const x = linear(rows, layerOf(parameters, `decoder.${name}`));
    const [b, s] = x.shape as [Dim, Dim];
    return transpose(reshape(x, [b, s, config.heads, config.width / config.heads]), [0, 2, 1, 3]); // [B,H,·,E/H]
  };
  const pattern = scaled(config, matmul(perHead(asked, 'query'), swapLast(perHead(shown, 'key')))); // [B,H,A,N]
  return matmul(reduceMean(pattern, [1]), labelled);
}

/** Quantiles of the number, [B,A,Q], ascending by construction: the middle one, and steps that are positive to both sides. */
export function quantilesOf(
  config: TableConfig,
  parameters: Parameters,
  { asked }: Pick<TableStates, 'asked'>,
): Tensor {
  const { quantiles: q } = config;
  const raw = linear(asked, layerOf(parameters, 'decoder.quantiles'));
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
