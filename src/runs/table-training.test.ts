import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../engine/node.js';
import { type AnyModel, makeTableModel } from '../model/model.js';
import { initialiseTable } from '../model/table/parameters.js';
import { objectiveOf } from '../train/objectives.js';
import { replicas } from '../train/replicas.js';
import type { RunSpec } from '../train/run-spec.js';
import { parseTableTrainSpec } from '../train/table-spec.js';
import { openModel, openTableModel } from './model-folder.js';
import { type RunEvent, readRunSpec, runFolder, trainRun } from './training.js';

const spec = parseTableTrainSpec({
  name: 'tiny',
  family: { family: 'tables' },
  model: { width: 8, layers: 1, heads: 2, codes: 4, thinking: 1, quantiles: 7 },
  labelled: [4, 8],
  columns: [2, 3],
  asked: [8, 8],
  tokens: 100,
  steps: 6,
  evaluation: { every: 6, tables: 4 },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Begun {
  readonly spec?: RunSpec;
  readonly initial?: AnyModel;
}

async function run(
  runs: string,
  stopAt?: number,
  { spec: own = spec, initial }: Begun = {},
): Promise<RunEvent[]> {
  const shards = replicas(own);
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const options = { engine: nodeEngine({ threads: 1 }), shards, now: () => 0, signal: stop.signal };
  try {
    for await (const event of trainRun(own, {
      ...options,
      folder: runFolder(runs, own),
      ...(initial === undefined ? {} : { initial }),
    })) {
      events.push(event);
      if (event.type === 'step' && event.step === stopAt) stop.abort();
    }
  } finally {
    await shards.close();
  }
  return events;
}

describe('training on tables', () => {
  it('draws the same layout for all shards of a step, other tables for each, and the same ones again', async () => {
    const objective = objectiveOf(spec);
    const [first, again, other] = [objective.sampler(0), objective.sampler(0), objective.sampler(1)];
    const kinds = new Set<number>();
    for (let step = 1; step <= 12; step++) {
      const [a, b, c] = [await first(step), await again(step), await other(step)];
      expect(b).toEqual(a);
      expect(c.cells!.shape).toEqual(a.cells!.shape);
      expect(c.cells!.data).not.toEqual(a.cells!.data);
      kinds.add(a.labels!.shape[2]!);
    }
    expect(kinds).toEqual(new Set([1, 4])); // Numbers, and codes of classes.
  });

  it('stopped and gone on with, ends with the weights of an unbroken run', async () => {
    const whole = await run(join(folder, 'whole'));
    const rows = whole.flatMap((event) => (event.type === 'evaluation' ? event.rows : []));
    expect(rows.map(({ metric }) => metric)).toContain('cross-entropy@4');
    expect(rows.every(({ value, low, high }) => low <= value && value <= high)).toBe(true);
    expect((await run(join(folder, 'broken'), 3)).at(-1)).toMatchObject({ type: 'stopped', step: 3 });
    await run(join(folder, 'broken'));
    const model = (runs: string) => join(runFolder(join(folder, runs), spec), 'model');
    const opened = await openTableModel(model('broken'));
    expect(opened.hash).toBe((await openTableModel(model('whole'))).hash);
    expect(opened.config).toEqual(spec.model);
    expect(await readRunSpec(runFolder(join(folder, 'whole'), spec))).toEqual(spec);
    // Who expects a model of in-context regression is told so.
    await expect(openModel(model('whole'))).rejects.toMatchObject({ name: 'IcicleError' });
  }, 60_000);

  it('begins with a model whose decoder gets more to it, and not with one that would lose some', async () => {
    const origin = { kind: 'trained', specHash: '0', spec: {} } as const;
    const { model: initial } = makeTableModel('tiny', spec.model, initialiseTable(spec.model, 1), origin);
    const still = { optimiser: 'adam', rates: { adam: 1e-12 }, average: null, steps: 1 };
    const begin = (decoder: string) =>
      parseTableTrainSpec({ ...spec, ...still, from: initial.hash, model: { ...spec.model, decoder } });
    const both = begin('both');
    await run(join(folder, 'both'), undefined, { spec: both, initial });
    const grown = await openTableModel(join(runFolder(join(folder, 'both'), both), 'model'));
    expect(Object.keys(grown.parameters)).toEqual(
      expect.arrayContaining([
        ...Object.keys(initial.parameters),
        'decoder.query.weight',
        'decoder.strength',
      ]),
    );
    for (const [name, { data }] of Object.entries(initial.parameters))
      data.forEach((value, i) => {
        expect(grown.parameters[name]!.data[i]).toBeCloseTo(value, 9);
      });
    await expect(run(join(folder, 'less'), undefined, { spec: begin('retrieval'), initial })).rejects.toThrow(
      /leave --set model… away \(of tables only model\.decoder may become both\)/,
    );
  }, 60_000);

  it('refuses what it does not know, by name', () => {
    expect(() => parseTableTrainSpec({ ...spec, labeled: [3] })).toThrow(/did you mean "labelled"/);
    expect(() => parseTableTrainSpec({ ...spec, labelled: [1] })).toThrow(/labelled/);
  });
});
