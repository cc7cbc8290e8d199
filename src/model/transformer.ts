import { gelu, type Linear, normalisedLinear } from '../graph/composites/index.js';
import {
  add,
  concat,
  div,
  matmul,
  mul,
  pad,
  relu,
  reshape,
  rows,
  slice,
  softmax,
  split,
  standardise,
  sub,
  tanh,
  transpose,
} from '../graph/ops/index.js';
import { constant, type Dim, type Tensor, times } from '../graph/tensor.js';
import { headWidth, mlpWidth, type TransformerConfig, tokensOf } from './config.js';
import { linear, sideBySide } from './layers.js';

// Letters for axes: E episodes, K points, D inputs, T tokens, M model width, H heads, A width of all heads, R MLP width.
// Inside, a state is a matrix with a row for each token of each episode, tokens first: [T·E,M]. Every linear layer is then
// one plain product, and ONNX Runtime reads attention's transpositions as part of its products.

const EPSILON = 1e-5;

export interface Forward {
  /** [E,K]: the label of point k, from the points before it. */
  readonly predictions: Tensor;
  /**
   * Everything in between, by name, episodes first; the same names whatever the config. d is the width of a head.
   * - `embedding` [E,T,M]
   * - `blocks.2.attention.input` [E,T,M]: what the layers read, normalised where there is a norm; `.query`, `.key`,
   *   `.value` [E,H,T,d] (the query of mesa attention as it is after its inverse); `.scores` [E,H,T,T], scaled, before the mask; `.pattern` [E,H,T,T]; `.mixed` [E,T,A];
   *   `.output` [E,T,M]
   * - `blocks.2.middle` [E,T,M]: the residual between attention and MLP
   * - where there are MLPs, `blocks.2.mlp.input` [E,T,M]; `.up` [E,T,R], before the activation; `.hidden` [E,T,R], after it; `.output` [E,T,M]
   * - `blocks.2.residual` [E,T,M]
   * - `head.input` [E,K,M]: what the head reads, at the question tokens
   *
   * A name costs nothing until a graph asks for it. Where LayerNorm is folded into the next layer (`norm: 'pre'`), the
   * normalised inputs are computed beside it, for the trace alone.
   */
  readonly activations: Readonly<Record<string, Tensor>>;
}

/**
 * The transformer as a graph.
 * @param parameters by name, shapes as in `parameterShapes`
 * @param x [E,K,D] @param y [E,K]
 */
export function forward(
  config: TransformerConfig,
  parameters: Readonly<Record<string, Tensor>>,
  x: Tensor,
  y: Tensor,
): Forward {
  const [episodes, points] = x.shape as [Dim, number];
  const tokens = tokensOf(points);
  const activations: Record<string, Tensor> = {};
  const get = (name: string): Tensor => parameters[name]!;
  const layer = (name: string): Linear => ({ weight: get(`${name}.weight`), bias: get(`${name}.bias`) });
  /** Names a state of `count` tokens, [count·E,width]. */
  const keep = (name: string, state: Tensor, count = tokens) => {
    const perToken = reshape(state, [count, episodes, state.shape.at(-1)!]);
    activations[name] = transpose(perToken, [1, 0, 2]);
  };
  const normOf = (name: string): Norm => ({ gain: get(`${name}.gain`), bias: get(`${name}.bias`) });

  let state = linear(interleave(config, x, y), layer('embed'), 'embed'); // [T·E,M]
  if (config.positions === 'learned') {
    const positions = reshape(slice(get('positions'), 0, 0, tokens), [tokens, 1, config.width]);
    state = rows(add(reshape(state, [tokens, episodes, config.width]), positions));
  }
  keep('embedding', state);

  /** Linear layers side by side that read the residual stream, after its normalisation where there is one. */
  const read = (weights: string, names: readonly string[], called: string): Tensor => {
    const layers = sideBySide(names.map((name) => layer(`${weights}.${name}`)));
    if (config.norm === 'pre') {
      const norm = normOf(`${weights}.norm`);
      keep(`${called}.input`, layerNorm(state, norm));
      return normalisedLinear(state, norm, layers, EPSILON, weights);
    }
    if (config.norm === 'replace') state = layerNorm(state, normOf(`${weights}.norm`));
    const bare = config.norm === 'mlp' && weights.endsWith('.mlp');
    const given = bare ? standardise(state, EPSILON)[0] : state;
    keep(`${called}.input`, given);
    return linear(given, layers, weights);
  };

  for (let index = 0; index < config.layers; index++) {
    const name = `blocks.${index}`;
    const weights = config.looped ? 'blocks.0' : name;

    const queryKeyValue = read(`${weights}.attention`, ['query', 'key', 'value'], `${name}.attention`); // [T·E,3A]
    const ridge = config.attention === 'mesa' ? get(`${weights}.attention.ridge`) : undefined;
    const { mixed, ...parts } = attention(config, queryKeyValue, tokens, episodes, ridge);
    for (const [part, tensor] of Object.entries(parts)) activations[`${name}.attention.${part}`] = tensor;
    keep(`${name}.attention.mixed`, mixed); // [T·E,A]
    const attended = linear(mixed, layer(`${weights}.attention.output`), `${name}.attention.output`);
    keep(`${name}.attention.output`, attended);
    state = add(state, attended);
    keep(`${name}.middle`, state);

    if (mlpWidth(config) > 0) {
      const up = read(`${weights}.mlp`, ['up'], `${name}.mlp`); // [T·E,R]
      keep(`${name}.mlp.up`, up);
      const hidden = activate(config, up); // [T·E,R]
      keep(`${name}.mlp.hidden`, hidden);
      const down = linear(hidden, layer(`${weights}.mlp.down`), `${name}.mlp.down`);
      keep(`${name}.mlp.output`, down);
      state = add(state, down);
    }
    keep(`${name}.residual`, state);
  }

  const perToken = reshape(state, [tokens, episodes, config.width]);
  const asked = rows(slice(perToken, 0, 0, points, 2)); // [K·E,M]: the tokens that hold a question
  keep('head.input', config.norm === 'pre' ? layerNorm(asked, normOf('norm')) : asked, points);
  const output =
    config.norm === 'pre'
      ? normalisedLinear(asked, normOf('norm'), layer('head'), EPSILON, 'head')
      : linear(asked, layer('head'), 'head'); // [K·E,1]
  return { predictions: transpose(reshape(output, [points, episodes]), [1, 0]), activations };
}

/** Tokens of a prompt, [T·E,D+1]: question and example in turn, the label first. */
function interleave(config: TransformerConfig, x: Tensor, y: Tensor): Tensor {
  const [episodes, points, inputs] = x.shape as [Dim, number, number];
  const inTime = transpose(x, [1, 0, 2]); // [K,E,D]
  const label = reshape(transpose(y, [1, 0]), [points, episodes, 1]); // [K,E,1]
  const question = pad(inTime, 2, 1, 0); // [0,x]
  const example = config.tokens === 'separate' ? pad(label, 2, 0, inputs) : concat([label, inTime], 2);
  const pairs = [question, example].map((token) => reshape(token, [points, 1, episodes, inputs + 1]));
  const tokens = reshape(concat(pairs, 1), [2 * points, episodes, inputs + 1]);
  return rows(slice(tokens, 0, 0, tokensOf(points)));
}

/**
 * Causal self-attention. Query, key, value side by side [T·E,3A] → mixed [T·E,A], and on the way query, key and value
 * [E,H,T,A/H], scores and pattern [E,H,T,T]. The λ of mesa attention is `ridge` [H].
 */
function attention(
  config: TransformerConfig,
  queryKeyValue: Tensor,
  tokens: number,
  episodes: Dim,
  ridge: Tensor | undefined,
) {
  const { heads } = config;
  const each = headWidth(config);
  const perHead = reshape(queryKeyValue, [tokens, episodes, 3 * heads, each]);
  const [query, key, value] = split(perHead, [heads, heads, heads], 2) as [Tensor, Tensor, Tensor]; // [T,E,H,A/H]
  const perEpisode = (x: Tensor) => transpose(x, [1, 2, 0, 3]); // [E,H,T,A/H]
  const asked = ridge === undefined ? perEpisode(query) : solved(perEpisode(query), perEpisode(key), ridge);
  const products = matmul(asked, transpose(key, [1, 2, 3, 0])); // [E,H,T,T]
  const scores = mul(products, 1 / Math.sqrt(each));
  const pattern = weigh(config, scores, tokens);
  const mixed = matmul(pattern, perEpisode(value)); // [E,H,T,A/H]
  return {
    query: asked,
    key: perEpisode(key),
    value: perEpisode(value),
    scores,
    pattern,
    mixed: reshape(transpose(mixed, [2, 0, 1, 3]), [times(tokens, episodes), heads * each]),
  };
}

/**
 * Mesa attention's queries, each multiplied by (Σkkᵀ + λI)⁻¹ over the keys up to its token. The inverse of each token
 * follows from the one before by Sherman and Morrison's formula (von Oswald et al., arXiv 2309.05858, appendix A.2).
 * Query and key [E,H,T,d], λ [H] → [E,H,T,d].
 */
function solved(query: Tensor, key: Tensor, lambda: Tensor): Tensor {
  const [, heads, tokens, width] = query.shape as [Dim, number, number, number];
  const identity = constant(
    Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0)),
    [1, 1, width, width],
  );
  let inverse = div(identity, reshape(lambda, [1, heads, 1, 1])); // [1,H,d,d], then [E,H,d,d]
  const answers: Tensor[] = [];
  for (let token = 0; token < tokens; token++) {
    const [k, q] = [key, query].map((of) => transpose(slice(of, 2, token, 1), [0, 1, 3, 2])) as [
      Tensor,
      Tensor,
    ]; // [E,H,d,1]
    const moved = matmul(inverse, k);
    const growth = add(matmul(transpose(k, [0, 1, 3, 2]), moved), 1); // [E,H,1,1]
    inverse = sub(inverse, div(matmul(moved, transpose(moved, [0, 1, 3, 2])), growth));
    answers.push(matmul(inverse, q));
  }
  return transpose(concat(answers, 3), [0, 1, 3, 2]);
}

/** From scores to the weights of the tokens up to each token. */
function weigh({ attention: kind, averaged }: TransformerConfig, scores: Tensor, tokens: number): Tensor {
  const lowerTriangle = (inside: (row: number) => number, outside: number) =>
    constant(
      Float64Array.from({ length: tokens * tokens }, (_, i) => {
        const [row, column] = [Math.floor(i / tokens), i % tokens];
        return column <= row ? inside(row) : outside;
      }),
      [tokens, tokens],
    );
  if (kind === 'softmax')
    return softmax(
      add(
        scores,
        lowerTriangle(() => 0, -1e9),
      ),
    );
  const sum = kind === 'mesa' || averaged === false;
  const seen = lowerTriangle((row) => (sum ? 1 : 1 / (row + 1)), 0);
  return mul(kind === 'relu' ? relu(scores) : scores, seen);
}

function activate({ activation }: TransformerConfig, z: Tensor): Tensor {
  if (activation === 'relu') return relu(z);
  if (activation === 'gelu') return gelu(z);
  // The published code's approximation: ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))
  const inner = mul(add(z, mul(mul(mul(z, z), z), 0.044715)), Math.sqrt(2 / Math.PI));
  return mul(mul(z, 0.5), add(tanh(inner), 1));
}

/** Gain and bias of a LayerNorm, [M] each. */
interface Norm {
  readonly gain: Tensor;
  readonly bias: Tensor;
}

function layerNorm(x: Tensor, { gain, bias }: Norm): Tensor {
  const [normalised] = standardise(x, EPSILON);
  return add(mul(normalised, gain), bias);
}
