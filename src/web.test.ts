import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngine } from './engine/node.js';
import { makeTableModel } from './model/model.js';
import { tableConfig } from './model/table/config.js';
import { initialiseTable } from './model/table/parameters.js';
import { tabularLearner } from './tabular/tabular.js';
import { chromiumAt, type IciclePage, openPage } from './testing/chromium.js';

// The same API in a real browser; a model with weights of its own.

const rows = Array.from({ length: 40 }, (_, i) => ({
  length: Math.sin(i) * 10,
  width: i % 9 === 0 ? null : i % 7,
  colour: ['red', 'green', 'blue'][(i * 5) % 3]!,
  sort: Math.sin(i) + (i % 7) / 7 > 0.4 ? 'long' : 'short',
  mass: Math.sin(i) * 5 + (i % 7),
}));
const asked = rows.slice(0, 5).map((row) => ({ ...row, length: row.length + 0.3 }));

const config = tableConfig.parse({ width: 16, layers: 2, heads: 2, thinking: 2, codes: 4, quantiles: 9 });
const provenance = { kind: 'trained', specHash: 'none', spec: {}, steps: 0 } as const;
const { model, files } = makeTableModel('small', config, initialiseTable(config, 1), provenance);

describe.skipIf(chromiumAt === undefined)('in Chromium', () => {
  let opened: IciclePage;
  beforeAll(async () => {
    opened = await openPage(files);
  }, 60_000);
  afterAll(() => opened?.close());

  it.each(['sort', 'mass'])(
    'gives the numbers of Node: %s',
    async (target) => {
      const learner = tabularLearner(model, nodeEngine({ threads: 1 }));
      const task = await learner.context(rows, { target: target as 'sort' });
      const inNode: unknown[] = [];
      for await (const prediction of task.predict(asked as never)) inNode.push(prediction);
      await learner.release();

      const page = await opened.browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      await page.goto(opened.origin);
      await page.waitForFunction('window.icicle !== undefined');
      const inBrowser = await page.evaluate(
        async ({ rows, asked, target }) => {
          const { open } = (globalThis as unknown as { icicle: typeof import('./web.js') }).icicle;
          const learner = await open('/model');
          const task = await learner.context(rows, { target: target as 'sort' });
          const all: unknown[] = [];
          for await (const prediction of task.predict(asked as never)) all.push(prediction);
          await learner.release();
          return all;
        },
        { rows, asked, target },
      );
      await page.close();
      expect(problems).toEqual([]);
      expect(inBrowser).toHaveLength(5);
      compareNumbers(inBrowser, inNode);
    },
    120_000,
  );
});

/** The same words, and numbers to 1e-5 of the greatest. */
function compareNumbers(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number')
    expect(Math.abs((actual as number) - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
  else if (typeof expected === 'object' && expected !== null)
    for (const [key, value] of Object.entries(expected)) compareNumbers((actual as never)[key], value);
  else expect(actual).toEqual(expected);
}
