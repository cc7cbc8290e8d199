// What one change makes of the table transformer after a few hundred steps of small batches: trains base.json with each
// change and measures all on the same held-out tables of the prior, which has all its parts whatever was trained on. The
// difference to `base` is paired by table; its interval is over tables alone, and what another seed does is in the table.
//
//   npm run build && node bench/ablations/run.mjs [--only 'base,adam'] [--set steps=300] [--json]
//
// One line of JSON a change is printed as it is done with --json; lines kept from before are put into the table by --from.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { trainSpecFrom } from '../../dist/cli/train-spec.js';
import { nodeEngine } from '../../dist/engine/node.js';
import { bootstrapMeans } from '../../dist/measure/index.js';
import { formatTable } from '../../dist/report/table.js';
import { tableScores } from '../../dist/runs/table-evaluation.js';
import { generatorNames } from '../../dist/tabular/prior/index.js';
import { parametersOf, train } from '../../dist/train/loop.js';
import { localShards } from '../../dist/train/shards.js';

/** What each run changes, as `icicle train bench/ablations/base.json --set …` does. */
const CHANGES = {
  base: [],
  'seed 2': ['seed=2'],
  'seed 3': ['seed=3'],
  'adam 0.004': ['optimiser=adam'],
  'adam 0.001': ['optimiser=adam', 'rates.adam=0.001'],
  'muon 0.04': ['rates.muon=0.04'],
  'muon 0.01': ['rates.muon=0.01'],
  'width 32': ['model.width=32'],
  'width 128': ['model.width=128'],
  '2 layers': ['model.layers=2'],
  '6 layers': ['model.layers=6'],
  retrieval: ['model.decoder=retrieval'],
  ...Object.fromEntries(generatorNames.map((name) => [`no ${name}`, [`family.generators.${name}=0`]])),
};

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(CHANGES).join() },
    set: { type: 'string', multiple: true, default: [] },
    from: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const file = fileURLToPath(new URL('base.json', import.meta.url));
const base = await trainSpecFrom(file, flags.set);
const lines =
  flags.from === undefined ? [] : readFileSync(flags.from, 'utf8').trim().split('\n').map(JSON.parse);
if (flags.from === undefined)
  for (const name of flags.only.split(',')) {
    const line = await measure(name, await trainSpecFrom(file, [...flags.set, ...CHANGES[name]]));
    if (flags.json) console.log(JSON.stringify(line));
    lines.push(line);
  }
if (!flags.json) console.log(tableOf(lines));

async function measure(name, spec) {
  const engine = nodeEngine({ threads: 1 });
  const shards = localShards(spec, engine);
  const begin = process.cpuUsage();
  let last;
  for await (const { step, loss, state } of train(spec, { shards, engine })) {
    last = state;
    if (step % 50 === 0) process.stderr.write(`${name}: step ${step}, loss ${loss.toFixed(3)}\n`);
  }
  await shards.close();
  const { user, system } = process.cpuUsage(begin);
  const scores = await tableScores({ ...base, model: spec.model }, engine)(parametersOf(spec, last));
  return {
    name,
    seconds: (user + system) / 1e6,
    scores: scores.map((score) => ({ ...score, values: [...score.values] })),
  };
}

/** Of classes and of numbers: the mean over all tables, and the paired difference to the first line with its 90 % interval. */
function tableOf(lines) {
  const all = ({ scores }, metric) =>
    Float64Array.from(scores.filter((score) => score.metric === metric).flatMap(({ values }) => values));
  const mean = (values) => {
    const { value, low, high } = bootstrapMeans({ values, episodes: values.length, points: 1 }, { seed: 1 });
    return { value: value[0], low: low[0], high: high[0] };
  };
  const rows = lines.map((line) => [
    line.name,
    Math.round(line.seconds),
    ...['cross-entropy', 'pinball'].flatMap((metric) => {
      const [own, reference] = [line, lines[0]].map((of) => all(of, metric));
      const difference = mean(own.map((value, i) => value - reference[i]));
      const change = line === lines[0] ? [undefined, undefined] : [difference.value, difference];
      return [mean(own).value, ...change];
    }),
  ]);
  const metric = (header) => [
    { header, kind: 'number' },
    { header: '− base', kind: 'number' },
    { header: '90 %', kind: 'number' },
  ];
  return formatTable(
    [
      { header: 'change' },
      { header: 'CPU', unit: 's', kind: 'count' },
      ...metric('cross-entropy'),
      ...metric('pinball'),
    ],
    rows,
  );
}
