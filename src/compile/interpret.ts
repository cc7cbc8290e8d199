import type { Episodes, Learner } from '../core/episodes.js';
import { unsupported } from '../core/errors.js';
import type { Layer } from './passes/schedule.js';
import { type Program, tokensIn } from './program.js';
import { type Gated, isGated, isScored, type Raw, type Read, type Scored, type Sparse } from './raw.js';
import { height } from './sparse.js';

/** The numbers of every block at every token of every episode, [E,T,size]. */
export type State = ReadonlyMap<string, Float64Array>;

export interface InterpretOptions {
  /** Called after each half of a layer, with what the state then holds, and which blocks were written. */
  readonly after?: (slot: number, state: State, written: ReadonlySet<string>) => void;
  /** Where to begin: with the state that was before a layer. It is not altered. */
  readonly from?: { readonly layer: number; readonly state: State };
  /** Changes what an instruction's channels hold, at every token, before they are written: to see what an error does. */
  readonly disturb?: (instruction: number, channel: number, value: number) => number;
}

/**
 * Runs a program as it is written, in float64 and without any transformer: the exact arithmetic that compiled weights are
 * held against.
 * @param layers the order that a schedule gives
 * @returns what the blocks hold in the end
 */
export function interpret(
  program: Program,
  layers: readonly Layer[],
  episodes: Episodes,
  { after, disturb, from }: InterpretOptions = {},
): State {
  checkPrompts(program, episodes);
  const count = episodes.episodes * tokensIn(program);
  const state = from === undefined ? begin(program, episodes) : copyOf(from.state);
  for (const [l, { attention, mlp }] of layers.entries()) {
    if (l < (from?.layer ?? 0)) continue;
    for (const [half, instructions] of [attention, mlp].entries()) {
      // All of a half read what was there before it.
      const written = instructions.map((i) => {
        const change = disturb === undefined ? undefined : (c: number, value: number) => disturb(i, c, value);
        return {
          raw: program.instructions[i]!,
          values: channelsOf(program.instructions[i]!, state, program, count, change),
        };
      });
      for (const { raw, values } of written) add(raw, values, state, program, count);
      after?.(2 * l + half, state, new Set(written.map(({ raw }) => raw.w)));
    }
  }
  return state;
}

/** @throws IcicleError (exit code 2) where prompts are not of the program's own size */
function checkPrompts({ name, inputs, examples }: Program, episodes: Episodes): void {
  if (episodes.points === examples + 1 && episodes.inputs === inputs) return;
  throw unsupported(
    'prompts',
    `${episodes.points} points of ${episodes.inputs} inputs`,
    `the program ${name} is interpreted on prompts of ${examples + 1} points of ${inputs} inputs`,
  );
}

export const copyOf = (state: State): State =>
  new Map([...state].map(([name, values]) => [name, values.slice()]));

/** What the blocks hold before the first layer. */
function begin(program: Program, episodes: Episodes): State {
  const count = episodes.episodes * tokensIn(program);
  const state = new Map(
    Object.entries(program.blocks).map(([name, { size, initial }]) => {
      const values = new Float64Array(count * size);
      if (initial !== undefined) for (let i = 0; i < values.length; i++) values[i] = initial[i % size]!;
      return [name, values];
    }),
  );
  readPrompt(state, program, episodes);
  return state;
}

/** The predictions at the questions, [E,K], of what the blocks hold in the end. */
export function answers(program: Program, state: State): Float64Array {
  const output = state.get(program.output)!;
  return output.filter((_, i) => (i % tokensIn(program)) % 2 === 0);
}

/** A program as a learner of prompts as long as its longest. */
export const interpreted = (program: Program, layers: readonly Layer[]): Learner => ({
  name: program.name,
  predict: async (episodes) => ({
    values: answers(program, interpret(program, layers, episodes)),
    episodes: episodes.episodes,
    points: episodes.points,
  }),
});

function readPrompt(state: State, program: Program, { x, y, points, inputs, episodes }: Episodes): void {
  const tokens = tokensIn(program);
  for (let e = 0; e < episodes; e++)
    for (let k = 0; k < points; k++) {
      const [from, to] = [e * points + k, e * tokens + 2 * k];
      state.get('x')!.set(x.subarray(from * inputs, (from + 1) * inputs), to * program.inputs);
      if (2 * k + 1 < tokens) state.get('y')![to + 1] = y[from]!;
    }
  const codes = state.get('token')!;
  for (let at = 0; at < episodes * tokens; at++) codes[at * tokens + (at % tokens)] = 1;
}

/** What goes into an instruction's last matrix, [tokens of all episodes, channels]. */
function channelsOf(
  raw: Raw,
  state: State,
  program: Program,
  count: number,
  disturb: ((channel: number, value: number) => number) | undefined,
): Float64Array {
  const channels = Math.max(height(raw.out), raw.r === undefined ? 0 : height(raw.r.matrix));
  const values = new Float64Array(count * channels);
  if (raw.r === undefined) return values;
  const tokens = tokensIn(program);
  const own = through(raw.r, state, program, count, channels);
  const room = { state, program, count, channels };
  if (isScored(raw.tokens)) sumScored(raw.tokens, own, values, room);
  else if (isGated(raw.tokens)) weighByGate(raw.tokens, own, values, room);
  else
    for (let at = 0; at < count; at++) {
      const from = source(raw.tokens, at % tokens);
      if (from === undefined) continue;
      const begin = (at - (at % tokens) + from) * channels;
      values.set(own.subarray(begin, begin + channels), at * channels);
    }
  const other =
    raw.s === undefined ? undefined : through(raw.s, state, program, count, raw.star === '÷' ? 1 : channels);
  for (let i = 0; i < values.length; i++) {
    if (raw.star === '⊙') values[i] = values[i]! * other![i]!;
    else if (raw.star === '÷')
      values[i] = values[i]! / Math.abs(other![Math.floor(i / channels)]! + raw.plus!);
    else if (raw.star === 'relu') values[i] = Math.max(0, values[i]!);
    if (disturb !== undefined) values[i] = disturb(i % channels, values[i]!);
  }
  return values;
}

/** The token that is read at a token, if any. */
function source(tokens: 'self' | 'question' | number, at: number): number | undefined {
  if (tokens === 'self') return at;
  if (tokens === 'question') return at % 2 === 1 ? at - 1 : undefined;
  return at >= 2 * tokens + 1 ? 2 * tokens + 1 : undefined;
}

/** A block through a matrix, [count, channels]. */
function through(
  { block, matrix }: Read,
  state: State,
  program: Program,
  count: number,
  channels: number,
): Float64Array {
  const values = new Float64Array(count * channels);
  multiplyAdd(matrix, state.get(block)!, program.blocks[block]!.size, values, channels);
  return values;
}

/** into + matrix · from, at every token. The numbers of a token lie side by side. */
function multiplyAdd(
  matrix: Sparse,
  from: Float64Array,
  size: number,
  into: Float64Array,
  width: number,
): void {
  for (const [row, column, value] of matrix)
    for (let i = row, j = column; i < into.length; i += width, j += size)
      into[i] = into[i]! + value * from[j]!;
}

interface Room {
  readonly state: State;
  readonly program: Program;
  readonly count: number;
  readonly channels: number;
}

/** σ(gate) · (own value) + (1 − σ(gate)) · (the first token's) */
function weighByGate({ gate }: Gated, value: Float64Array, into: Float64Array, room: Room): void {
  const { state, program, count, channels } = room;
  const tokens = tokensIn(program);
  const gates = through(gate, state, program, count, 1);
  for (let i = 0; i < into.length; i++) {
    const at = Math.floor(i / channels);
    const first = value[i - (at % tokens) * channels]!;
    into[i] = first + (value[i]! - first) / (1 + Math.exp(-gates[at]!));
  }
}

/** Σ score · value over the tokens so far. */
function sumScored({ query, key, score }: Scored, value: Float64Array, into: Float64Array, room: Room): void {
  const { state, program, count, channels } = room;
  const tokens = tokensIn(program);
  const width = Math.max(0, ...[...query, ...key].map(({ matrix }) => height(matrix)));
  const [q, k] = [query, key].map((reads) => {
    const sum = new Float64Array(count * width);
    for (const { block, matrix } of reads)
      multiplyAdd(matrix, state.get(block)!, program.blocks[block]!.size, sum, width);
    return sum;
  }) as [Float64Array, Float64Array];
  for (let first = 0; first < count; first += tokens) {
    const solver = typeof score === 'object' ? inverseOfMoments(width, score.solved) : undefined;
    for (let i = first; i < first + tokens; i++) {
      let asked = q.subarray(i * width, (i + 1) * width);
      if (solver !== undefined) {
        solver.add(k.subarray(i * width, (i + 1) * width));
        asked = solver.times(asked);
      }
      for (let j = first; j <= i; j++) {
        let weight = 0;
        for (let c = 0; c < width; c++) weight += asked[c]! * k[j * width + c]!;
        if (score === 'positive') weight = Math.max(0, weight);
        for (let c = 0; c < channels; c++) into[i * channels + c]! += weight * value[j * channels + c]!;
      }
    }
  }
}

/** (Σkkᵀ + λI)⁻¹, a key at a time. */
function inverseOfMoments(size: number, lambda: number) {
  const inverse = Float64Array.from({ length: size * size }, (_, i) =>
    i % (size + 1) === 0 ? 1 / lambda : 0,
  );
  const times = (vector: Float64Array): Float64Array =>
    Float64Array.from({ length: size }, (_, i) =>
      vector.reduce((sum, value, j) => sum + inverse[i * size + j]! * value, 0),
    );
  return {
    times,
    add: (key: Float64Array): void => {
      const moved = times(key);
      const growth = 1 + key.reduce((sum, value, i) => sum + value * moved[i]!, 0);
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) inverse[i * size + j]! -= (moved[i]! * moved[j]!) / growth;
    },
  };
}

function add(raw: Raw, values: Float64Array, state: State, program: Program, count: number): void {
  const into = state.get(raw.w)!;
  const { size } = program.blocks[raw.w]!;
  multiplyAdd(raw.out, values, values.length / count, into, size);
  for (const [row, value] of raw.bias?.entries() ?? [])
    for (let i = row; i < into.length; i += size) into[i] = into[i]! + value;
}
