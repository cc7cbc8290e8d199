import type { ShapedArray } from '../../core/array.js';
import type { Engine, Program } from '../../engine/engine.js';
import { constant, type Dim, type Graph, graph, input, type Tensor } from '../../graph/tensor.js';
import type { Parameters } from '../parameters.js';
import { comparesCodes, retrieves, type TableConfig } from './config.js';
import { featuresOf } from './parameters.js';
import {
  classProbabilities,
  contextForward,
  quantilesOf,
  queryForward,
  type ShownRows,
} from './transformer.js';

// A frozen table transformer is two graphs with the weights inside and all lengths open: one reads the labelled rows and
// leaves keys and values behind, the other answers rows that attend to them. Letters as in transformer.ts.

export type TargetKind = 'classes' | 'number';

type Arrays = Readonly<Record<string, ShapedArray>>;

/** Labelled rows of B tables of one size. */
export interface ContextInputs {
  /** [B,N,C,F] */
  readonly cells: ShapedArray;
  /** [B,N,L], or of numbers [B,N,1] */
  readonly labels: ShapedArray;
}

/** What the labelled rows left behind; it belongs to the caller, and needs no release. */
export interface ContextState {
  readonly arrays: Arrays;
  /** B */
  readonly tables: number;
  /** G */
  readonly tokens: number;
  readonly bytes: number;
}

/** Classes of B tables: each one's code [B,K,L], and each labelled row's class [B,N,K], which only retrieval reads. */
export interface ClassInputs {
  readonly codes: ShapedArray;
  readonly labelled: ShapedArray;
}

export interface NetworkAnswers {
  /** Probabilities of the classes [B,A,K], or quantiles of the standardised number [B,A,Q]. */
  readonly answers: ShapedArray;
  /** How each row leaned on the thinking rows and then the labelled ones, [B,A,T+N]: sums to 1. */
  readonly leaning: ShapedArray;
}

/** A frozen table transformer on some device. */
export interface TableNetwork {
  context(target: TargetKind, inputs: ContextInputs): Promise<ContextState>;
  /** Answers to rows: of classes, of which the codes are told, or of numbers. @param cells [B,A,C,F] */
  ask(state: ContextState, cells: ShapedArray, classes?: ClassInputs): Promise<NetworkAnswers>;
  /** Gives the programs' memory back; a later call compiles anew. */
  release(): Promise<void>;
}

export function tableNetwork(config: TableConfig, parameters: Parameters, engine: Engine): TableNetwork {
  const programs = new Map<string, Promise<Program>>();
  const run = async (name: string, build: () => Graph, feeds: Arrays) => {
    const program = programs.get(name) ?? engine.compile(build());
    programs.set(name, program);
    return (await program).run(feeds);
  };
  return {
    context: async (target, { cells, labels }) => {
      const arrays = await run(`context ${target}`, () => contextGraph(config, parameters, target), {
        cells,
        labels,
      });
      const bytes = Object.values(arrays).reduce((sum, { data }) => sum + data.byteLength, 0);
      return { arrays, tables: cells.shape[0]!, tokens: cells.shape[2]! + 1, bytes };
    },
    ask: async ({ arrays }, cells, classes) => {
      const target = classes === undefined ? 'number' : 'classes';
      const decoder: Arrays =
        classes === undefined
          ? {}
          : {
              ...(comparesCodes(config) ? { codes: classes.codes } : {}),
              ...(retrieves(config) ? { labelled: classes.labelled } : {}),
            };
      const feeds = { ...arrays, cells, ...decoder };
      const { answers, leaning } = await run(target, () => queryGraph(config, parameters, target), feeds);
      return { answers: answers!, leaning: leaning! };
    },
    release: async () => {
      const kept = [...programs.values()];
      programs.clear();
      await Promise.all(kept.map(async (program) => (await program).release()));
    },
  };
}

/** `cells` and `labels` → `keys.0`, `values.0`, …; also `states` of the labelled rows where the decoder retrieves. */
export function contextGraph(config: TableConfig, parameters: Parameters, target: TargetKind): Graph {
  const [cells, labels] = contextInputs(config, target);
  const { shown, labelled } = contextForward(config, frozen(parameters), { cells, labels });
  const states = target === 'classes' && retrieves(config) ? { states: labelled } : {};
  return graph({ ...named(shown), ...states });
}

/** `cells`, what `contextGraph` gives and `codes` (or `labelled`, of retrieval) → `answers`, `leaning`. */
export function queryGraph(config: TableConfig, parameters: Parameters, target: TargetKind): Graph {
  const { width, layers, heads } = config;
  const weights = frozen(parameters);
  const shown = Array.from({ length: layers }, (_, layer): ShownRows => {
    const g: Dim = layer === layers - 1 ? 1 : 'columns+1';
    return {
      keys: input(`keys.${layer}`, ['tables', g, heads, width / heads, 'shown']),
      values: input(`values.${layer}`, ['tables', g, heads, 'shown', width / heads]),
    };
  });
  const cells = input('cells', ['tables', 'asked', 'columns', featuresOf(config)]);
  const { asked, leaning } = queryForward(config, weights, cells, shown);
  const states = { asked, labelled: input('states', ['tables', 'labelled', width]) };
  return graph({ answers: answersOf(config, weights, target, states), leaning });
}

/** The whole: `cells`, `labels` and `codes` (or `labelled`) of labelled rows, `asked` cells → `answers`, `leaning`. For other runtimes. */
export function tableGraph(config: TableConfig, parameters: Parameters, target: TargetKind): Graph {
  const weights = frozen(parameters);
  const [cells, labels] = contextInputs(config, target);
  const { shown, labelled } = contextForward(config, weights, { cells, labels });
  const rows = input('asked', ['tables', 'asked', 'columns', featuresOf(config)]);
  const { asked, leaning } = queryForward(config, weights, rows, shown);
  return graph({ answers: answersOf(config, weights, target, { asked, labelled }), leaning });
}

function contextInputs(config: TableConfig, target: TargetKind): [Tensor, Tensor] {
  const length = target === 'classes' ? config.codes : 1;
  return [
    input('cells', ['tables', 'labelled', 'columns', featuresOf(config)]),
    input('labels', ['tables', 'labelled', length]),
  ];
}

function answersOf(
  config: TableConfig,
  weights: Readonly<Record<string, Tensor>>,
  target: TargetKind,
  states: { asked: Tensor; labelled: Tensor },
): Tensor {
  if (target === 'number') return quantilesOf(config, weights, states);
  return classProbabilities(config, weights, states, {
    codes: input('codes', ['tables', 'classes', config.codes]),
    labelled: input('labelled', ['tables', 'labelled', 'classes']),
  });
}

const frozen = (parameters: Parameters): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, { data, shape }]) => [name, constant(data, shape)]),
  );

const named = (shown: readonly ShownRows[]): Record<string, Tensor> =>
  Object.fromEntries(
    shown.flatMap(({ keys, values }, layer) => [
      [`keys.${layer}`, keys],
      [`values.${layer}`, values],
    ]),
  );
