import { IcicleError } from '../core/errors.js';
import { type Rows, tableOf } from '../tabular/memory.js';
import type { Prediction } from '../tabular/prediction.js';
import type { Row, TableSource } from '../tabular/table.js';
import type { TabularTask } from '../tabular/tabular-task.js';

/** Predictions of each part, or what went wrong with it. */
export type Predicted = { readonly predictions: readonly Prediction[] } | { readonly error: unknown };

/**
 * Predicts the rows of several requests at once. Each comes to what it comes to alone: one in which something is wrong fails,
 * and the others do not.
 */
export async function predictJoined(
  { schema, predictTable }: Pick<TabularTask, 'schema' | 'predictTable'>,
  parts: readonly Rows[],
): Promise<Predicted[]> {
  const names = schema.columns.map(({ name }) => name);
  const alone = async (rows: Rows): Promise<Predicted> => {
    try {
      return { predictions: await all(predictTable(tableOf(rows, WHAT))) };
    } catch (error) {
      return { error };
    }
  };
  const each = async (): Promise<Predicted[]> => {
    const done: Predicted[] = [];
    for (const rows of parts) done.push(await alone(rows));
    return done;
  };
  if (parts.length === 1) return each();
  try {
    const sources = parts.map((rows) => tableOf(rows, WHAT));
    // What lacks a column has its cells missing beside others, and is wrong alone.
    if (sources.some((source) => !names.every((name) => source.names.includes(name)))) return each();
    const counts: number[] = [];
    const predictions = await all(predictTable(join(sources, names, counts)));
    let first = 0;
    return counts.map((count) => ({ predictions: predictions.slice(first, (first += count)) }));
  } catch (error) {
    if (!(error instanceof IcicleError)) throw error;
    // A cell of one of them is wrong: which is found when each is asked alone.
    return each();
  }
}

const WHAT = 'the rows to predict';

async function all(chunks: ReturnType<TabularTask['predictTable']>): Promise<Prediction[]> {
  const predictions: Prediction[] = [];
  for await (const chunk of chunks) for (const { prediction } of chunk) predictions.push(prediction);
  return predictions;
}

/** Tables under each other, with some of their columns. @param counts is given how many rows each of them has */
function join(sources: readonly TableSource[], names: readonly string[], counts: number[]): TableSource {
  return {
    ...sources[0]!,
    names,
    async *rows(): AsyncGenerator<Row, void, undefined> {
      for (const source of sources) {
        const places = names.map((name) => source.names.indexOf(name));
        let count = 0;
        for await (const { line, cells } of source.rows()) {
          count++;
          yield { line, cells: places.map((place) => cells[place]!) };
        }
        counts.push(count);
      }
    },
  };
}
