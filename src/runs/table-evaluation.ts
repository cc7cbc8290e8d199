import type { Measurement } from '../core/measurement.js';
import { random } from '../core/random.js';
import { specHash } from '../core/spec.js';
import type { Engine } from '../engine/engine.js';
import { type Graph, graph, input } from '../graph/tensor.js';
import { meanRows, type Values } from '../measure/index.js';
import type { Parameters } from '../model/parameters.js';
import { quantileAt, quantileLevels, type TableConfig } from '../model/table/config.js';
import { featuresOf, tableShapes } from '../model/table/parameters.js';
import { classProbabilities, quantilesOf, tableForward } from '../model/table/transformer.js';
import { MOST_CLASSES, tableFeeds } from '../tabular/cells/feeds.js';
import { sampleTable, type TargetKind } from '../tabular/prior/index.js';
import type { Layout } from '../train/table-objective.js';
import type { TableTrainSpec } from '../train/table-spec.js';
import type { Evaluate } from './evaluation.js';

/** Tables that run through the network at once. */
const CHUNK = 4;

/** One metric of every held-out table of a kind, in the same order whatever is measured. */
export interface TableScores {
  readonly metric: string;
  readonly labelled: number;
  readonly values: Float64Array;
}

/**
 * Held-out tables of a run's own prior, the same ones each time, with few, some and many labelled rows and a middling number
 * of columns. Rows, means over tables with bootstrap intervals: `cross-entropy` and `accuracy` of classes, `pinball` and
 * `coverage-0.8` of numbers.
 */
export function tableEvaluation(spec: TableTrainSpec, engine: Engine): Evaluate {
  const score = tableScores(spec, engine);
  const about = { family: 'tables', learner: spec.name, seed: spec.seed, spec: specHash(spec) };
  return async (parameters) =>
    (await score(parameters)).map(({ metric, labelled, values }): Measurement => {
      const all: Values = { values, episodes: values.length, points: 1 };
      return { ...meanRows(all, `${metric}@${labelled}`, about)[0]!, examples: labelled };
    });
}

/** The scores that `tableEvaluation` takes means of: tables of specs with the same prior, sizes and seed are the same, so that they can be paired. */
export function tableScores(
  spec: TableTrainSpec,
  engine: Engine,
): (parameters: Parameters) => Promise<TableScores[]> {
  const suites = (['classes', 'number'] as const).flatMap((target) =>
    labelledShown(spec).map((labelled) => suiteOf(spec, target, labelled)),
  );
  return async (parameters) => {
    const scores: TableScores[] = [];
    for (const { layout, chunks } of suites) {
      const program = await engine.compile(tableGraph(spec.model, layout));
      try {
        const measured: Record<string, number[]> = {};
        for (const feeds of chunks) {
          const named = Object.fromEntries(
            Object.entries(parameters).map(([name, value]) => [`parameters/${name}`, value]),
          );
          const { truth, ...asked } = feeds;
          const { answers } = await program.run({ ...asked, ...named });
          const of = layout.target === 'classes' ? classMetrics : numberMetrics;
          for (const [metric, values] of Object.entries(of(spec.model, answers!.data, truth!.data, layout)))
            measured[metric] = [...(measured[metric] ?? []), ...values];
        }
        for (const [metric, values] of Object.entries(measured))
          scores.push({ metric, labelled: layout.labelled, values: Float64Array.from(values) });
      } finally {
        await program.release();
      }
    }
    return scores;
  };
}

/** Few, some and many of the spec's numbers of labelled rows. */
function labelledShown({ labelled }: TableTrainSpec): number[] {
  const sorted = [...labelled].sort((a, b) => a - b);
  return [...new Set([0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * (sorted.length - 1))]!))];
}

function suiteOf(spec: TableTrainSpec, target: TargetKind, labelled: number) {
  const columns = spec.columns.toSorted((a, b) => a - b)[Math.floor(spec.columns.length / 2)]!;
  const layout: Layout = { target, labelled, columns, rows: labelled + spec.asked[1], tables: CHUNK };
  const stream = random(spec.seed, 'evaluation', target, labelled);
  const chunks = Array.from({ length: Math.ceil(spec.evaluation.tables / CHUNK) }, () => {
    const tables = Array.from({ length: CHUNK }, () => sampleTable(spec.family, stream, target, layout));
    return tableFeeds(tables, layout, spec.model, stream);
  });
  return { layout, chunks };
}

/** `answers`: probabilities [B,A,K] or quantiles [B,A,Q]. */
function tableGraph(config: TableConfig, { target, rows, labelled, columns, tables }: Layout): Graph {
  const parameters = Object.fromEntries(
    Object.entries(tableShapes(config)).map(([name, shape]) => [name, input(`parameters/${name}`, shape)]),
  );
  const length = target === 'classes' ? config.codes : 1;
  const states = tableForward(config, parameters, {
    cells: input('cells', [tables, rows, columns, featuresOf(config)]),
    labels: input('labels', [tables, labelled, length]),
  });
  if (target === 'number') return graph({ answers: quantilesOf(config, parameters, states) });
  const k = MOST_CLASSES;
  const decoder = {
    codes: input('codes', [tables, k, config.codes]),
    absent: input('absent', [tables, k]),
    labelled: input('labelled', [tables, labelled, k]),
  };
  return graph({ answers: classProbabilities(config, parameters, states, decoder) });
}

type Metrics = Record<string, number[]>;

/** One number a table. */
function classMetrics(
  _: TableConfig,
  answers: ArrayLike<number>,
  truth: ArrayLike<number>,
  layout: Layout,
): Metrics {
  const asked = layout.rows - layout.labelled;
  const k = MOST_CLASSES;
  const found: Metrics = { 'cross-entropy': [], accuracy: [] };
  for (let b = 0; b < layout.tables; b++) {
    let [entropy, right] = [0, 0];
    for (let a = 0; a < asked; a++) {
      const at = (b * asked + a) * k;
      let [best, own] = [0, 0];
      for (let c = 0; c < k; c++) {
        if (answers[at + c]! > answers[at + best]!) best = c;
        if (truth[at + c] === 1) own = c;
      }
      entropy -= Math.log(Math.max(1e-7, answers[at + own]!)) / asked;
      if (best === own) right += 1 / asked;
    }
    found['cross-entropy']!.push(entropy);
    found.accuracy!.push(right);
  }
  return found;
}

/** One number a table. */
function numberMetrics(
  config: TableConfig,
  answers: Float32Array | Float64Array,
  truth: ArrayLike<number>,
  layout: Layout,
): Metrics {
  const asked = layout.rows - layout.labelled;
  const levels = quantileLevels(config);
  const q = levels.length;
  const found: Metrics = { pinball: [], 'coverage-0.8': [] };
  for (let b = 0; b < layout.tables; b++) {
    let [loss, inside] = [0, 0];
    for (let a = 0; a < asked; a++) {
      const at = (b * asked + a) * q;
      const y = truth[b * asked + a]!;
      const own = answers.subarray(at, at + q);
      levels.forEach((level, i) => {
        const error = y - own[i]!;
        loss += Math.max(level * error, (level - 1) * error) / (q * asked);
      });
      if (quantileAt(0.1, own) <= y && y <= quantileAt(0.9, own)) inside += 1 / asked;
    }
    found.pinball!.push(loss);
    found['coverage-0.8']!.push(inside);
  }
  return found;
}
