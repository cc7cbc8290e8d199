import { didYouMean, IcicleError, named } from '../core/errors.js';
import { parseCell } from './cells.js';
import type { ContextOptions } from './context-options.js';
import type { Examples } from './ensemble/examples.js';
import { type Explanation, explainRow } from './explain.js';
import { IN_CONTEXT, type InContext } from './in-context.js';
import { type Rows, tableOf } from './memory.js';
import { type Prediction, type Reading, readAnswer } from './prediction.js';
import { saveTask } from './saved.js';
import type { Scan } from './scan.js';
import { cellsOf, type Schema, unseenIn } from './schema.js';
import type { Row, TableSource } from './table.js';
import { leakingColumns } from './trust/leaks.js';
import { fitNovelty } from './trust/novelty.js';
import type { Quality } from './trust/quality.js';

/** A table that a frozen model has learned in context. */
export interface TabularTask<Predicted extends Prediction = Prediction> {
  readonly schema: Schema;
  readonly options: ContextOptions;
  readonly scan: Scan;
  readonly source: TableSource;
  /** What was left out or is odd, and why: one sentence each. */
  readonly warnings: readonly string[];
  /** How good predictions are, on labelled rows asked before their label was used; none where there are too few. */
  readonly quality: Quality | undefined;
  /** How predictions come about: share of the network, temperature, fallback. */
  readonly learned: InContext;
  readonly examples: Examples;
  /**
   * Predicts rows, in their order, a few at a time, in bounded memory.
   * @throws IcicleError: columns that are missing, text among numbers
   */
  predict(rows: Rows): AsyncGenerator<Predicted, void, undefined>;
  /** The same of a table's rows, beside each of them. @param only whether rows that have the target are left out */
  predictTable(
    source: TableSource,
    options?: { readonly only?: 'unlabelled' | 'all'; readonly most?: number },
  ): AsyncGenerator<readonly PredictedRow[], void, undefined>;
  /** Why rows are predicted as they are, one explanation a row. @throws as `predict` does */
  explain(rows: Rows): AsyncGenerator<Explanation, void, undefined>;
  /** The same of one row of a table. */
  explainRow(source: TableSource, row: Row): Promise<Explanation>;
  /** The task as JSON: its labelled rows, options and the model's hash. `openTask` learns it again, to the same numbers. */
  save(): string;
}

/** Rows that are predicted at once: bounds memory. */
const CHUNK = 64;

export interface PredictedRow {
  readonly row: Row;
  readonly prediction: Prediction;
}

/** All that is known once the labelled rows were read. */
export interface Taught {
  readonly source: TableSource;
  readonly scan: Scan;
  readonly schema: Schema;
  readonly examples: Examples;
  readonly learned: InContext;
  readonly reading: Reading;
  readonly options: ContextOptions;
  readonly warnings: readonly string[];
  readonly model: { readonly name: string; readonly hash: string };
}

export function taskOf({
  source,
  scan,
  schema,
  examples,
  learned,
  reading,
  options,
  warnings,
  model,
}: Taught): TabularTask {
  const isFar = fitNovelty(examples);
  const predictTable: TabularTask['predictTable'] = async function* (
    asked,
    { only = 'all', most = Number.POSITIVE_INFINITY } = {},
  ) {
    checkColumns(schema, asked);
    const place = asked.names.indexOf(schema.target.name);
    let chunk: Row[] = [];
    let left = most;
    const flush = async (): Promise<PredictedRow[]> => {
      const rows = chunk;
      chunk = [];
      const cells = cellsOf(schema, asked, rows);
      const { answers, leaning } = await learned.predict(cells);
      const far = isFar(cells);
      const [width, n] = [answers.length / rows.length, examples.rows];
      return rows.map((row, r) => ({
        row,
        prediction: readAnswer(
          reading,
          answers.subarray(r * width, (r + 1) * width),
          leaning.subarray(r * n, (r + 1) * n),
          [
            ...unseenIn(schema, asked, row).map((name) => `${named(name)} is none that a labelled row has`),
            ...(far[r]! ? ['far from every labelled row'] : []),
          ],
        ),
      }));
    };
    for await (const row of asked.rows()) {
      if (only === 'unlabelled' && !isMissing(schema, asked, row, place)) continue;
      chunk.push(row);
      left--;
      if (chunk.length === CHUNK) yield await flush();
      if (left <= 0) break;
    }
    if (chunk.length > 0) yield await flush();
  };
  const explained: TabularTask['explainRow'] = (asked, row) => {
    checkColumns(schema, asked);
    return explainRow(schema, examples, learned, cellsOf(schema, asked, [row]).x, options.seed ?? 1);
  };
  return {
    schema,
    options,
    scan,
    source,
    warnings,
    quality: learned.quality,
    learned,
    examples,
    predictTable,
    predict: async function* (rows) {
      for await (const chunk of predictTable(tableOf(rows, 'the rows to predict')))
        for (const { prediction } of chunk) yield prediction;
    },
    explainRow: explained,
    explain: async function* (rows) {
      const asked = tableOf(rows, 'the rows to explain');
      for await (const row of asked.rows()) yield await explained(asked, row);
    },
    save: () => saveTask(source, scan, schema, options, warnings, model),
  };
}

/** Whether a row lacks the target. */
const isMissing = ({ target }: Schema, source: TableSource, row: Row, place: number): boolean =>
  parseCell(row.cells[place] ?? '', source.decimalComma, target.kind === 'classes' && !target.numbers) ===
  null;

/** @throws IcicleError where rows to predict lack a column that was learned from */
function checkColumns({ columns }: Schema, asked: TableSource): void {
  for (const { name } of columns) {
    if (asked.names.includes(name)) continue;
    const near = didYouMean(name, asked.names);
    throw new IcicleError(
      `missing column ${named(name)} in ${asked.path}:${near === undefined ? '' : ` is it ${named(near)} there?`} the rows to predict need ` +
        'every column that was learned from; add it (its cells may be empty), or learn with its type set to ignore with the option types',
    );
  }
}

/** What was left out or is odd about the labelled rows. */
export function warningsOf(
  schema: Schema,
  examples: Examples,
  learned: InContext,
  { labelled }: Scan,
): string[] {
  const warnings = [...schema.warnings];
  for (const c of leakingColumns(examples))
    warnings.push(
      `column ${named(schema.columns[c]!.name)} alone tells ${named(schema.target.name)} in every labelled row: is it known ` +
        'before that is? If not, set its type to ignore with the option types',
    );
  if (examples.rows < labelled)
    warnings.push(`of ${labelled} labelled rows ${examples.rows}, drawn at random, are used`);
  if (examples.rows > IN_CONTEXT.rows)
    warnings.push(`each view of the table holds ${IN_CONTEXT.rows} of its ${examples.rows} labelled rows`);
  if (examples.columns > IN_CONTEXT.columns)
    warnings.push(`each view of the table holds ${IN_CONTEXT.columns} of its ${examples.columns} columns`);
  if (learned.quality === undefined || learned.quality.rows < 10)
    warnings.push(
      'fewer than 10 labelled rows could be held out: no interval or set of classes is guaranteed to hold the truth',
    );
  if (learned.fallback !== undefined) warnings.push(learned.fallback);
  return warnings;
}
