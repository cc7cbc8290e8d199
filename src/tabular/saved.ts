import { z } from 'zod';
import { IcicleError } from '../core/errors.js';
import type { ContextOptions } from './context-options.js';
import type { Scan } from './scan.js';
import type { Schema } from './schema.js';
import type { Row, TableSource } from './table.js';

// A saved task is what it was learned from, not what was computed from it: labelled rows, options, the model's hash. Learning
// is one pass of the network and comes to the same numbers.

const FORMAT = 'icicle-task-1';

const saved = z.strictObject({
  format: z.literal(FORMAT),
  model: z.strictObject({ name: z.string(), hash: z.string() }),
  options: z.strictObject({
    target: z.string(),
    /** Pairs, since a column may be called `__proto__`. */
    types: z.array(z.tuple([z.string(), z.enum(['number', 'category', 'ignore'])])),
    members: z.number().optional(),
    folds: z.number().optional(),
    level: z.number().optional(),
    abstain: z.number().optional(),
    seed: z.number().optional(),
  }),
  source: z.strictObject({ path: z.string(), names: z.array(z.string()), decimalComma: z.boolean() }),
  /** Each row's line and cells. */
  rows: z.array(z.tuple([z.int(), z.array(z.string())])).min(1),
  warnings: z.array(z.string()),
});

interface Model {
  readonly name: string;
  readonly hash: string;
}

export function saveTask(
  { path, names, decimalComma }: TableSource,
  { examples, columns }: Scan,
  { columns: used, target }: Schema,
  { members, level, abstain, seed }: ContextOptions,
  warnings: readonly string[],
  { name, hash }: Model,
): string {
  const kinds = new Map<string, string>(used.map(({ name: own, kind }) => [own, kind]));
  // Dates, and classes that are numbers, are found to be such again.
  kinds.set(target.name, target.kind === 'number' ? 'number' : target.numbers ? 'inferred' : 'category');
  const types = columns
    .map(({ name: column }) => [column, kinds.get(column) ?? 'ignore'])
    .filter(([, kind]) => kind !== 'date' && kind !== 'inferred');
  return `${JSON.stringify({
    format: FORMAT,
    model: { name, hash },
    options: { target: target.name, types, members, level, abstain, seed },
    source: { path, names, decimalComma },
    rows: examples.map(({ line, cells }) => [line, cells]),
    warnings,
  })}\n`;
}

/** @throws IcicleError where the text is no saved task, or one of another model */
export function readTask(text: string, { name, hash }: Model) {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new IcicleError('invalid task: it is no JSON: give what save() gave, or save the task again', {
      cause,
    });
  }
  const parsed = saved.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new IcicleError(`invalid task: ${path.join('.')}: ${message}: give what save() gave`);
  }
  const { model, options, source, rows, warnings } = parsed.data;
  if (model.hash !== hash)
    throw new IcicleError(
      `unsupported task: it was learned by ${model.name} with the SHA-256 ${model.hash.slice(0, 12)}…, and this is ${name} ` +
        `with ${hash.slice(0, 12)}…: open it with that model, or learn the rows again`,
    );
  const ragged = rows.find(([, cells]) => cells.length !== source.names.length);
  if (ragged !== undefined)
    throw new IcicleError(
      `invalid task: row ${ragged[0]} has ${ragged[1].length} cells for ${source.names.length} columns: save the task again`,
    );
  const table: TableSource = {
    ...source,
    name: source.path,
    delimiter: ',',
    decimalMark: '.',
    async *rows(): AsyncGenerator<Row, void, undefined> {
      for (const [line, cells] of rows) yield { line, cells };
    },
  };
  const known = { ...options, types: Object.fromEntries(options.types) };
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  return { table, options: given as unknown as ContextOptions, warnings };
}
