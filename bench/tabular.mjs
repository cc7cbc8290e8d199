// How long the table learner takes: 100 labelled and 50 new rows of 10 columns, as in a request. Medians.
//
//   npm run build && node bench/tabular.mjs [--model models/tabular] [--rounds 20] [--threads 2]
import { parseArgs } from 'node:util';
import { random } from '../dist/core/random.js';
import { nodeEngine } from '../dist/engine/node.js';
import { formatTable } from '../dist/report/table.js';
import { openTabular } from '../dist/runs/tabular.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/tabular' },
    rounds: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
  },
});
const rounds = Number(values.rounds);
const COLUMNS = 10;

/** A table like many: a class that depends on some of its numbers, with noise. */
function table(rows, seed) {
  const stream = random(seed, 'bench');
  return Array.from({ length: rows }, () => {
    const row = Object.fromEntries(Array.from({ length: COLUMNS }, (_, c) => [`x${c}`, stream.normal()]));
    const score = row.x0 + row.x1 * row.x2 + 0.5 * stream.normal();
    return { ...row, kind: score > 0.3 ? 'a' : score > -0.6 ? 'b' : 'c', value: score };
  });
}

const asked = table(50, 2);
const results = [];
const held = [];
async function timed(what, run) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    await run(round);
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  results.push([what, times[Math.floor(rounds / 2)], times[Math.floor(rounds * 0.9)]]);
}
const drain = async (predictions) => {
  for await (const _ of predictions);
};

const begin = performance.now();
const learner = await openTabular(values.model, nodeEngine({ threads: Number(values.threads) }));
const opened = performance.now() - begin;
const first = performance.now();
const warm = await learner.context(table(100, 1), { target: 'kind', members: 1, folds: 0 });
await drain(warm.predict(asked));
const compiled = performance.now() - first;

for (const target of ['kind', 'value']) {
  for (const [name, options] of [
    ['one view', { members: 1, folds: 0 }],
    ['default (4 views, 5 folds)', {}],
  ]) {
    const what = `${target === 'kind' ? 'class' : 'number'}, ${name}`;
    let task;
    await timed(`${what}: context`, async (round) => {
      task = await learner.context(table(100, 10 + round), { target, ...options });
    });
    held.push(`${what} ${(task.learned.bytes / 1e6).toFixed(1)} MB`);
    await timed(`${what}: 50 rows, context cached`, () => drain(task.predict(asked)));
    await timed(`${what}: 1 row, context cached`, () => drain(task.predict(asked.slice(0, 1))));
  }
}
await learner.release();
console.log(
  `100 labelled rows, ${COLUMNS} columns; ${values.threads} threads, ${rounds} rounds. Opening the model took ${opened.toFixed(0)} ms, ` +
    `the first table, for which programs are made, ${compiled.toFixed(0)} ms.\nMemory of a context: ${held.slice(0, 2).join('; ')}.\n`,
);
console.log(
  formatTable(
    [
      { header: 'what' },
      { header: 'median', unit: 'ms', kind: 'number' },
      { header: '90 %', unit: 'ms', kind: 'number' },
    ].map((column, i) => (i === 0 ? { ...column, longest: 60 } : column)),
    results,
  ),
);
