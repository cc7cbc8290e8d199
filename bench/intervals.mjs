// How often attached layers' intervals of 90 % hold the label, on simulated linear tasks with normal noise, by how many examples and
// dimensions there are: with λ given as the ratio of variances, and with λ by leave-one-out.
// Build first; then: node bench/intervals.mjs [--tasks 1000]

import { parseArgs } from 'node:util';
import { attach, random } from 'icicle';
import { formatTable } from '../dist/report/table.js';

const { values } = parseArgs({ options: { tasks: { type: 'string', default: '1000' } } });
const tasks = Number(values.tasks);
if (!Number.isInteger(tasks) || tasks < 1)
  throw new Error(`invalid --tasks: ${values.tasks}: a whole number from 1`);
const NOISE = 0.5;

async function held(examples, width, lambda) {
  let count = 0;
  const widths = [];
  for (let task = 0; task < tasks; task++) {
    const { normal } = random(7, 'intervals', examples, width, task);
    const w = Float64Array.from({ length: width }, normal);
    const vectors = Array.from({ length: examples + 1 }, () => Float64Array.from({ length: width }, normal));
    const labels = vectors.map((x) => x.reduce((sum, value, j) => sum + value * w[j], 3) + NOISE * normal());
    const learner = attach((inputs) => inputs, { task: 'numbers', lambda });
    const learned = await learner.context(vectors.slice(0, -1), labels.slice(0, -1));
    const [{ interval }] = await learned.predict(vectors.slice(-1));
    if (interval[0] <= labels.at(-1) && labels.at(-1) <= interval[1]) count++;
    widths.push(interval[1] - interval[0]);
  }
  return [(100 * count) / tasks, widths.sort((a, b) => a - b)[tasks >> 1]];
}

const rows = [];
for (const width of [2, 6, 20])
  for (const examples of [5, 8, 9, 12, 20, 30, 60])
    rows.push([
      width,
      examples,
      ...(await held(examples, width, NOISE ** 2)),
      ...(await held(examples, width, 'leave-one-out')),
    ]);
console.log(
  `${tasks} linear tasks each, weights of variance 1, noise of ${NOISE}; how often intervals of 90 % held, and their median width.\n`,
);
const count = { kind: 'count' };
const held90 = { unit: '%', kind: 'number' };
const number = { kind: 'number' };
console.log(
  formatTable(
    [
      { header: 'dimensions', ...count },
      { header: 'examples', ...count },
      { header: 'λ given: held', ...held90 },
      { header: 'width', ...number },
      { header: 'λ by leave-one-out: held', ...held90 },
      { header: 'width', ...number },
    ],
    rows,
  ),
);
