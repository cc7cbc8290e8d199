import { random } from '../../core/random.js';
import type { TableConfig } from '../../model/table/config.js';
import type { TableNetwork } from '../../model/table/network.js';
import { askMembers, type MemberAnswers, type ReadMembers, readMembers } from './context.js';
import { type Examples, takeCells, takeExamples } from './examples.js';
import { fitMember, type Member } from './member.js';
import { type EnsembleOptions, planMembers } from './plan.js';

/** A frozen table transformer and its config. */
export interface FrozenTables {
  readonly config: TableConfig;
  readonly network: TableNetwork;
}

/** Labelled rows that the network has read, in several views. */
export interface Ensemble {
  /** @param x cells [A,C] @returns the mean over members, with how rows leaned on all labelled rows [A,N] */
  ask(rows: number, x: Float64Array): Promise<MemberAnswers>;
  /** Memory that it holds. */
  readonly bytes: number;
}

/** Tokens that go through the network at once: bounds memory. */
const TOKENS = 8_000;

/**
 * Shows labelled rows to the network in several views: orders of rows and columns, codes of numbers and categories.
 * @param done is told after each pass how many views it held
 */
export async function learnEnsemble(
  { config, network }: FrozenTables,
  examples: Examples,
  options: EnsembleOptions,
  seed: number,
  done: (views: number) => void = () => undefined,
): Promise<Ensemble> {
  const stream = random(seed, 'ensemble');
  const members = planMembers(examples, options, stream).map((plan) =>
    fitMember(examples, plan, config, stream),
  );
  const { kind } = examples.target;
  const parts: ReadMembers[] = [];
  for (const some of inParts(members, tokensOf(config, members[0]!))) {
    parts.push(await readMembers(network, config, kind, some));
    done(some.length);
  }
  return {
    bytes: parts.reduce((sum, { state }) => sum + state.bytes, 0),
    ask: async (rows, x) => {
      const most = Math.max(1, Math.floor(TOKENS / ((members[0]!.columns + 1) * members.length)));
      const answers: Float64Array[] = [];
      const leaning: Float64Array[] = [];
      for (let first = 0; first < rows; first += most) {
        const count = Math.min(most, rows - first);
        const own = x.subarray(first * examples.columns, (first + count) * examples.columns);
        const each: MemberAnswers[] = [];
        for (const part of parts) {
          const asked = part.members.map((member) => member.encode(count, own));
          each.push(...(await askMembers(network, config, kind, part, count, asked)));
        }
        answers.push(meanOf(each.map((one) => one.answers)));
        leaning.push(meanOf(each.map((one, m) => spread(one.leaning, members[m]!, examples.rows))));
      }
      return { answers: joined(answers), leaning: joined(leaning) };
    },
  };
}

/** One fold of cross-validation: rows that are shown, and rows that are asked. */
export interface Fold {
  readonly shown: readonly number[];
  readonly asked: readonly number[];
}

/**
 * What the network answers to labelled rows of which it has not seen the label, for each fold [asked,K or Q]: all folds in
 * few passes, which takes about as long as so many members.
 * @param folds show as many rows each
 */
export async function askFolds(
  { config, network }: FrozenTables,
  examples: Examples,
  folds: readonly Fold[],
  options: EnsembleOptions,
  seed: number,
  done: (views: number) => void = () => undefined,
): Promise<Float64Array[]> {
  const stream = random(seed, 'folds');
  const { kind } = examples.target;
  const views = folds.flatMap(({ shown, asked }, fold) => {
    const own = takeExamples(examples, shown);
    return planMembers(own, options, stream).map((plan) => ({
      fold,
      member: fitMember(own, plan, config, stream),
      asked: takeCells(examples, asked),
    }));
  });
  const answers: Float64Array[][] = folds.map(() => []);
  for (const some of inParts(views, tokensOf(config, views[0]!.member))) {
    const read = await readMembers(
      network,
      config,
      kind,
      some.map(({ member }) => member),
    );
    // Folds ask as many rows each but for one: the last of some is asked twice.
    const rows = Math.max(...some.map(({ asked }) => asked.rows));
    const padded = some.map(({ member, asked }) => {
      const order = Array.from({ length: rows }, (_, r) => Math.min(r, asked.rows - 1));
      return member.encode(rows, takeCells(asked, order).x);
    });
    const given = await askMembers(network, config, kind, read, rows, padded);
    some.forEach(({ fold, asked }, i) => {
      answers[fold]!.push(given[i]!.answers.subarray(0, (given[i]!.answers.length / rows) * asked.rows));
    });
    done(some.length);
  }
  return answers.map(meanOf);
}

/** Tokens of a member's labelled and thinking rows. */
const tokensOf = ({ thinking }: TableConfig, { rows, columns }: Member): number =>
  (thinking + rows) * (columns + 1);

/** From a member's labelled rows to all. @param leaning [A,N of the member] @returns [A,N] */
function spread(leaning: Float64Array, { plan: { rows } }: Member, all: number): Float64Array {
  const asked = leaning.length / rows.length;
  const out = new Float64Array(asked * all);
  for (let a = 0; a < asked; a++)
    rows.forEach((row, i) => {
      out[a * all + row] = leaning[a * rows.length + i]!;
    });
  return out;
}

function inParts<T>(all: readonly T[], tokens: number): T[][] {
  const most = Math.max(1, Math.floor(TOKENS / tokens));
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most));
}

function meanOf(all: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(all[0]!.length);
  for (const one of all)
    one.forEach((value, i) => {
      mean[i]! += value / all.length;
    });
  return mean;
}

/** Answers behind one another. */
export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
