// How long a table of the prior takes on one core, by generator and task, over the distribution of sizes: CPU time of the
// whole process, garbage collection included. Each table is drawn several times and its least time counts, so that other
// work on the machine disturbs little; mean and 95th percentile are over tables. A try is a table before the filter.
//
//   npm run build && node bench/prior.mjs [--tables 200] [--repeats 5] [--set '{"missing":{"tables":0}}'] [--json]
import { parseArgs } from 'node:util';
import { random } from '../dist/core/random.js';
import { formatTable } from '../dist/report/table.js';
import { generatorNames, parsePrior, sampleTable } from '../dist/tabular/prior/index.js';

const { values: flags } = parseArgs({
  options: {
    tables: { type: 'string', default: '200' },
    repeats: { type: 'string', default: '5' },
    set: { type: 'string', default: '{}' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const [tables, repeats, seed] = [Number(flags.tables), Number(flags.repeats), Number(flags.seed)];
const options = JSON.parse(flags.set);
const all = parsePrior(options);

const rows = [];
for (const generator of [...generatorNames, 'all']) {
  const weights = Object.fromEntries(generatorNames.map((name) => [name, name === generator ? 1 : 0]));
  const spec = generator === 'all' ? all : parsePrior({ ...options, generators: weights });
  for (const task of ['classes', 'number']) rows.push({ generator, task, ...measure(spec, task) });
}
if (flags.json) console.log(JSON.stringify(rows));
else
  console.log(
    formatTable(
      [
        { header: 'generator' },
        { header: 'task' },
        { header: 'mean', unit: 'ms', kind: 'number', digits: 2 },
        { header: '95 % below', unit: 'ms', kind: 'number', digits: 2 },
        { header: 'a try', unit: 'ms', kind: 'number', digits: 2 },
        { header: 'rejected', unit: '%', kind: 'number', digits: 2 },
      ],
      rows.map((row) => [row.generator, row.task, row.mean, row.most, row.try, 100 * row.rejected]),
    ),
  );

function measure(spec, task) {
  const least = new Float64Array(tables).fill(Number.POSITIVE_INFINITY);
  let [tries, rejected] = [0, 0];
  for (let repeat = 0; repeat < repeats; repeat++)
    for (let i = 0; i < tables; i++) {
      const stream = random(seed, 'bench', task, i);
      const begin = process.cpuUsage();
      const { provenance } = sampleTable(spec, stream, task);
      const { user, system } = process.cpuUsage(begin);
      least[i] = Math.min(least[i], (user + system) / 1e3);
      if (repeat > 0) continue;
      tries += provenance.tries;
      rejected += provenance.tries - 1;
    }
  const sum = least.reduce((a, b) => a + b, 0);
  const most = least.toSorted()[Math.ceil(0.95 * tables) - 1];
  return { mean: sum / tables, most, try: sum / tries, rejected: rejected / tries };
}
