// How long the table learner takes in Chromium, and beside it in Node, in turn: 100 labelled and 50 new rows of 10 columns, one
// view of the table, one thread. Cold: the labelled rows are learned and the new ones predicted. Cached: the new ones alone.
// Medians, and the least of all rounds, which other work on the machine disturbs least. The first table of a kind, for which programs
// are made, counts apart; opening is fetching or reading the model and checking it.
//
//   npm run build && node bench/browser.mjs [--model models/tabular] [--rounds 20]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { random } from '../dist/core/random.js';
import { nodeEngine } from '../dist/engine/node.js';
import { formatTable } from '../dist/report/table.js';
import { openTabular } from '../dist/runs/tabular.js';
import { chromiumAt, openPage } from '../dist/testing/chromium.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/tabular' },
    rounds: { type: 'string', default: '20' },
  },
});
const rounds = Number(values.rounds);
if (chromiumAt === undefined) throw new Error('missing Chromium: apt-get install chromium');

const table = (rows, seed) => {
  const stream = random(seed, 'bench', 'browser');
  return Array.from({ length: rows }, () => {
    const row = Object.fromEntries(Array.from({ length: 10 }, (_, c) => [`x${c}`, stream.normal()]));
    const value = row.x0 + row.x1 * row.x2 + 0.5 * stream.normal();
    return { ...row, kind: value > 0.3 ? 'a' : value > -0.6 ? 'b' : 'c', value };
  });
};

/** Runs in the page too, so that it uses nothing but what it is given. */
async function time(learner, { rows, asked, target }) {
  const begin = performance.now();
  const task = await learner.context(rows, { target, members: 1, folds: 0 });
  const predict = async () => {
    for await (const _ of task.predict(asked));
    return performance.now();
  };
  const learned = await predict();
  return { cold: learned - begin, cached: (await predict()) - learned };
}

const names = ['model.json', 'model.safetensors'];
const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(values.model, name))]));
const { browser, origin, close } = await openPage(files);
const page = await browser.newPage();
await page.goto(origin);
await page.waitForFunction('window.icicle !== undefined');
const inPage = await page.evaluate(async () => {
  const begin = performance.now();
  window.learner = await window.icicle.open('/model');
  return performance.now() - begin;
});
const begin = performance.now();
const learner = await openTabular(values.model, nodeEngine({ threads: 1 }));
const inNode = performance.now() - begin;
const sides = [
  ['Chromium', inPage, (what) => page.evaluate(`(${time})(window.learner, ${JSON.stringify(what)})`)],
  ['Node', inNode, (what) => time(learner, what)],
];

const results = [];
for (const target of ['kind', 'value']) {
  const times = sides.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    const what = { rows: table(100, 2 * round), asked: table(50, 2 * round + 1), target };
    for (const [i, [, , run]] of sides.entries()) times[i].push(await run(what));
  }
  for (const [i, [name, opened]] of sides.entries()) {
    const [first, ...rest] = times[i];
    const at = (which, share) =>
      rest.map((one) => one[which]).sort((a, b) => a - b)[Math.floor(share * rounds)];
    results.push([
      name,
      target === 'kind' ? 'class' : 'number',
      ...[opened, first.cold, at('cold', 0.5), at('cold', 0), at('cached', 0.5), at('cached', 0)],
    ]);
  }
}
console.log(`100 labelled rows, 50 new ones, 10 columns; ${rounds} rounds in turn; ${browser.version()}.\n`);
console.log(
  formatTable(
    [
      { header: 'where' },
      { header: 'target' },
      ...['opening', 'first table', 'cold', 'cold, least', 'cached', 'cached, least'].map((header) => ({
        header,
        unit: 'ms',
        kind: 'number',
      })),
    ],
    results,
  ),
);
await learner.release();
await close();
