import { tokensIn } from '../program.js';
import { type Gated, isGated, isScored, type Read, type Scored, type Tokens } from '../raw.js';
import { height } from '../sparse.js';
import type { Plan, Weight } from './plan.js';

/** A score that softmax takes for the whole: e⁻⁶⁰ is what the token with half of it still gets. */
const CERTAIN = 120;

/** As CERTAIN, but where a number is added to the score, which loses as many digits as this has. */
const SURE = 40;

/** The weights of one head, its own dimensions counted from 0. */
export interface Head {
  readonly query: Weight;
  readonly queryBias: Weight;
  readonly key: Weight;
  readonly value: Weight;
  readonly output: Weight;
  /** How many dimensions keys and values have. */
  readonly keys: number;
  readonly values: number;
  /** λ of mesa attention. */
  readonly ridge?: number;
}

/** What the attention of a layer does: its heads, one for each set of tokens that is read, and the bias of what they write. */
export function attentionOf(plan: Plan, l: number): { heads: Head[]; bias: Weight } {
  const { program, layout, ranges, target } = plan;
  const { attention } = plan.layers[l]!;
  const { rows } = layout;
  /** What each head moves: from rows to rows. */
  const moves = new Map<string, { tokens: Tokens; entries: Weight }>();
  const move = (tokens: Tokens, entries: Weight) => {
    const key = JSON.stringify(tokens);
    const known = moves.get(key);
    if (known === undefined) moves.set(key, { tokens, entries: [...entries] });
    else known.entries.push(...entries);
  };
  const bias: Weight = [];
  for (const i of attention) {
    const { tokens, r, w, out, bias: constants } = program.instructions[i]!;
    for (const [j, value] of constants?.entries() ?? [])
      bias.push([0, rows[w]![j]!, value / ranges.blocks[w]!]);
    if (r === undefined) continue;
    const scale = ranges.blocks[r.block]! / ranges.blocks[w]!;
    const entries: Weight = out.flatMap(([to, channel, a]) =>
      r.matrix
        .filter(([row]) => row === channel)
        .map(([, from, b]): Weight[number] => [rows[r.block]![from]!, rows[w]![to]!, a * b * scale]),
    );
    move(tokens, entries);
    // Softmax has to read something at a question's token: it reads itself, which is taken away again at all tokens. A
    // label's own token holds nothing there.
    if (tokens === 'question' && target.layers.attention === 'softmax')
      move(
        'self',
        entries.map(([from, to, value]) => [from, to, -value]),
      );
  }
  const clear = (row: number): Weight[number] => [row, row, -1];
  const dead = layout.cleared[l]!.flatMap((block) => rows[block]!.map(clear));
  if (dead.length > 0) move('self', dead);
  if (layout.pads.length > 0) {
    const { entries, constants } = padding(plan, l);
    move('self', entries);
    bias.push(...constants);
  }
  return { heads: [...moves.values()].map(({ tokens, entries }) => headOf(plan, tokens, entries)), bias };
}

/** What sets the pads of a layer to N and −N or, where its MLP divides, to those times the divisor. */
function padding({ program, layout, ranges, scales, layers }: Plan, l: number) {
  const [plus, minus] = layout.pads as [number, number, number];
  const size = scales.pads[l]!;
  const opposite = (entries: Weight): Weight => entries.map(([from, , value]) => [from, minus, -value]);
  const old: Weight = [
    [plus, plus, -1],
    [minus, minus, -1],
  ];
  const division = layers[l]!.mlp.map((i) => program.instructions[i]!).find(({ star }) => star === '÷');
  const constant: Weight = [[0, plus, size * (division === undefined ? 1 : division.plus!)]];
  const constants = [...constant, ...opposite(constant)];
  if (division === undefined) return { entries: old, constants };
  const { block, matrix } = division.s!;
  const divisor = matrix.map(([, from, value]): Weight[number] => [
    layout.rows[block]![from]!,
    plus,
    value * ranges.blocks[block]! * size,
  ]);
  return { entries: [...old, ...divisor, ...opposite(divisor)], constants };
}

/** A head that attends to some tokens and moves rows of theirs. */
function headOf(plan: Plan, tokens: Tokens, entries: Weight): Head {
  const sources = [...new Set(entries.map(([from]) => from))];
  const moved = {
    value: sources.map((row, i): Weight[number] => [row, i, 1]),
    output: entries.map(([from, to, value]): Weight[number] => [sources.indexOf(from), to, value]),
    values: sources.length,
  };
  if (isScored(tokens)) return { ...moved, ...scoredBy(plan, tokens) };
  if (isGated(tokens)) return { ...moved, ...gatedBy(plan, tokens) };
  return { ...moved, ...positional(plan, tokens) };
}

/** Query and key of a score between blocks. */
function scoredBy({ layout: { rows }, ranges }: Plan, { query, key, score }: Scored) {
  const weight = (reads: readonly Read[]): Weight =>
    reads.flatMap(({ block, matrix }) =>
      matrix.map(([to, from, value]): Weight[number] => [
        rows[block]![from]!,
        to,
        value * ranges.blocks[block]!,
      ]),
    );
  return {
    query: weight(query),
    queryBias: [] as Weight,
    key: weight(key),
    keys: Math.max(0, ...[...query, ...key].map(({ matrix }) => height(matrix))),
    ...(typeof score === 'object' ? { ridge: score.solved } : {}),
  };
}

/** Query and key of softmax between a token itself, at the gate's number, and the first token at 0: both are SURE of the others. */
function gatedBy({ program, layout: { rows }, ranges }: Plan, { gate: { block, matrix } }: Gated) {
  const codes = rows.token!;
  const count = tokensIn(program);
  const gate = matrix.map(([, from, value]): Weight[number] => [
    rows[block]![from]!,
    count,
    value * ranges.blocks[block]!,
  ]);
  return {
    query: [...codes.map((row, t): Weight[number] => [row, t, SURE]), ...gate],
    queryBias: [[0, 0, SURE]] as Weight,
    key: codes.flatMap((row, t): Weight => [[row, t, 1], ...(t === 0 ? [] : ([[row, count, 1]] as Weight))]),
    keys: count + 1,
  };
}

/**
 * Query and key that single out a token by its code. Softmax needs a large score, and a token to attend to where there is
 * nothing to read: the first, with half of it, which holds nothing of what is read. The other kinds of attention weigh by
 * the score itself, which is 1; mesa's is divided by 1 + λ, since codes are one-hot.
 */
function positional(plan: Plan, tokens: Exclude<Tokens, Gated | Scored>) {
  const codes = plan.layout.rows.token!;
  const kind = plan.target.layers.attention;
  const score = kind === 'softmax' ? CERTAIN : kind === 'mesa' ? 2 : 1;
  const count = tokensIn(plan.program);
  const query: Weight = [];
  const queryBias: Weight = [];
  if (typeof tokens === 'number') {
    queryBias.push([0, 2 * tokens + 1, score]);
    if (kind === 'softmax') queryBias.push([0, 0, score / 2]);
  } else
    for (let t = 0; t < count; t++) {
      if (tokens === 'self') query.push([codes[t]!, t, score]);
      else if (t % 2 === 1) query.push([codes[t]!, t - 1, score]);
      else if (kind === 'softmax') query.push([codes[t]!, t, score]);
    }
  return { query, queryBias, key: codes.map((row, t): Weight[number] => [row, t, 1]), keys: count };
}
