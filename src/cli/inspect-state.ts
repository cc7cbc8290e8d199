import {
  type Compiled,
  type CompileSpec,
  compile,
  familyOf,
  familyText,
  lastToken,
  stateNames,
  type Written,
  writtenAt,
} from '../compile/index.js';
import { IcicleError, invalid } from '../core/errors.js';
import { random } from '../core/random.js';
import { parseLearner } from '../learners/registry.js';
import { modelLearner } from '../model/learner.js';
import type { Model } from '../model/model.js';
import { trace } from '../model/trace.js';
import { type Column, formatNumber, formatTable } from '../report/table.js';
import { engineFor } from './engine-for.js';

/** What a compiled model computes at one token, by named rows. */
export interface InspectedState {
  readonly seed: number;
  readonly token: number;
  /** What stands at the token: the question of a point (counted from 0), or its label. */
  readonly holds: 'question' | 'label';
  readonly point: number;
  readonly written: readonly Written[];
  /** What is predicted for the point, with as many examples. */
  readonly prediction: number;
  readonly learner: string;
  readonly textbook: number;
  readonly label: number;
}

/**
 * Compiles a model's spec again, for the names of its rows.
 * @returns why not, where this version does not compile the same weights
 */
export function compiledAgain({ hash, provenance }: Model): Compiled | string {
  let compiled: Compiled;
  try {
    compiled = compile(provenance.spec as CompileSpec, { tolerance: Number.POSITIVE_INFINITY });
  } catch (cause) {
    if (!(cause instanceof IcicleError)) throw cause;
    return `this version does not compile the model’s spec (${cause.message})`;
  }
  if (compiled.model.hash === hash) return compiled;
  return (
    `this version compiles other weights from the model’s spec, SHA-256 ${compiled.model.hash.slice(0, 16)}…; compile it ` +
    'again to see them'
  );
}

/** One episode of the family that the program is for, through a compiled model. @throws IcicleError where there is no such token */
export async function inspectState(
  compiled: Compiled,
  seed: number,
  wanted?: number,
): Promise<InspectedState> {
  const { program, model } = compiled;
  const last = lastToken(compiled);
  const token = wanted ?? last;
  if (token > last)
    throw invalid('--token', token, `a prompt of ${program.examples} examples has tokens 0 to ${last}`);
  const points = program.examples + 1;
  const stream = random(seed, 'inspect');
  const episodes = familyOf(program).sample({ episodes: 1, points, seed, stream });
  const engine = engineFor(model);
  const written = writtenAt(
    compiled,
    episodes,
    token,
    await trace(model, episodes, stateNames(compiled), engine),
  );
  const learner = modelLearner(model.name, model.config, model.parameters, engine);
  try {
    const point = Math.floor(token / 2);
    return {
      seed,
      token,
      holds: token % 2 === 0 ? 'question' : 'label',
      point,
      written,
      prediction: (await learner.predict(episodes)).values[point]!,
      learner: program.learner,
      textbook: (await parseLearner(program.learner).predict(episodes)).values[point]!,
      label: episodes.y[point]!,
    };
  } finally {
    await learner.release();
  }
}

/** Numbers of a block in one line. */
const LINE = 6;
const DIGITS = 4;
const ANY = Number.POSITIVE_INFINITY;

/** The state as a table: what each half of each layer wrote. */
export function stateText(state: InspectedState, { program }: Compiled): string {
  const { seed, token, holds, point, written, prediction, learner, textbook, label } = state;
  const lines = written.flatMap((part) => {
    const all = part.values.map((_, i) => i);
    return chunks(part.block === 'token' ? notZero(part) : all).map((entries) => ({ ...part, entries }));
  });
  const widest = Math.max(...lines.map(({ entries }) => entries.length));
  const columns: Column[] = [
    { header: 'layer' },
    { header: 'half' },
    { header: 'by' },
    { header: 'rows', longest: ANY },
    { header: 'block', longest: ANY },
    ...Array.from(
      { length: widest },
      (_, i): Column => ({ header: i === 0 ? 'holds' : '', kind: 'number', digits: DIGITS }),
    ),
    { header: 'error' },
    { header: 'exactly', longest: ANY },
  ];
  const rows = lines.map(({ layer, half, block, primitives, rows: places, values, exact, entries }) => {
    const shown = (list: readonly number[]) => entries.map((i) => formatNumber(list[i]!, DIGITS)).join('  ');
    const error = Math.max(...entries.map((i) => Math.abs(values[i]! - exact[i]!)));
    return [
      half === 'prompt' ? '' : String(layer),
      half,
      primitives.join(', '),
      span(entries.map((i) => places[i]!)),
      values.length === 1 ? block : `${block}[${span(entries)}]`,
      ...Array.from({ length: widest }, (_, i) => values[entries[i] ?? -1]),
      error === 0 ? '0' : error.toExponential(0),
      shown(values) === shown(exact) ? '' : shown(exact),
    ];
  });
  const what = holds === 'question' ? `the question of point ${point}` : `the label of point ${point}`;
  const number = (value: number) => formatNumber(value, 6);
  return (
    `State at token ${token}, ${what}, in an episode of ${familyText(program)} with seed ${seed} and ${program.examples} examples: what each half\n` +
    'of each layer changed, in the algorithm’s own units; rows hold it divided by the block’s range. Where the digits shown\n' +
    `differ from exact arithmetic, that stands beside them.\n\n${formatTable(columns, rows)}\n` +
    `Asked for point ${point}, after ${point} ${point === 1 ? 'example' : 'examples'}: ${number(prediction)}; ${learner} in float64 says ${number(textbook)}; the label is ${number(label)}.\n`
  );
}

const chunks = (entries: readonly number[]): number[][] =>
  Array.from({ length: Math.ceil(entries.length / LINE) }, (_, c) => entries.slice(c * LINE, (c + 1) * LINE));

/** Of the code of a token, which is one-hot, only what is not zero. */
const notZero = ({ values, exact }: Written): number[] =>
  values.flatMap((value, i) => (value === 0 && exact[i] === 0 ? [] : [i]));

/** 3, 4, 5 → `3–5`; rows need not lie side by side. */
function span(places: readonly number[]): string {
  const [first, last] = [places[0]!, places.at(-1)!];
  if (places.length === 1) return String(first);
  return last - first === places.length - 1 ? `${first}–${last}` : places.join(', ');
}
