// How a frozen model learns six real tables beside ridge, whose λ is chosen by leave-one-out: RMSE ÷ RMSE with a paired
// 90 % interval, at 20 and 40 labelled rows. CONTEXT and the projection were chosen on the first four; the last two, marked
// with a star, are there to see whether that holds on tables that nothing was chosen on. Nothing may be.
//
//   npm run build && node bench/tables.mjs [--model models/linear-8 | --ideal] [--repeats 50] [--context '{"members":4}'] [--json]
//
// --ideal puts the Bayes learner of linear functions with noise 0 to 1 (8 inputs, 40 examples) in the model's place: what a
// perfectly trained linear-8 would reach. --context changes fields of CONTEXT in src/tabular/learn.ts.
import { parseArgs } from 'node:util';
import { openFrozen } from '../dist/cli/frozen.js';
import { packageFile } from '../dist/cli/package.js';
import { specHash } from '../dist/core/spec.js';
import { bayes } from '../dist/learners/index.js';
import { formatTable } from '../dist/report/table.js';
import { BASELINES, frozenContender, textbookContender } from '../dist/tabular/contenders.js';
import { holdout } from '../dist/tabular/holdout.js';
import { CONTEXT } from '../dist/tabular/learn.js';
import { openTable } from '../dist/tabular/read.js';
import { scanTable } from '../dist/tabular/scan.js';

const TABLES = [
  { name: 'penguins', target: 'body_mass_g' },
  { name: 'diabetes', target: 'progression' },
  { name: 'wine', target: 'alcohol' },
  { name: 'iris', target: 'petal_width_cm' },
  { name: 'wages', target: 'wage', unseen: true },
  { name: 'grunfeld', target: 'invest', unseen: true },
];

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/linear-8' },
    ideal: { type: 'boolean', default: false },
    repeats: { type: 'string', default: '50' },
    context: { type: 'string', default: '{}' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const options = { ...CONTEXT, ...JSON.parse(flags.context) };
const model = flags.ideal ? ideal() : await openFrozen(flags.model);
const seed = Number(flags.seed);
const repeats = Number(flags.repeats);
const rows = [];
const table = [];
for (const { name, target, unseen } of TABLES) {
  const source = await openTable(packageFile('examples', 'tables', `${name}.csv`));
  const scan = await scanTable(source, { target, seed });
  for (const examples of [20, 40]) {
    const begin = performance.now();
    const found = await holdout({
      source,
      scan,
      target,
      contenders: [
        ...BASELINES.map(textbookContender),
        { ...frozenContender(model.learner, options), name: model.name },
      ],
      share: 0.5,
      repeats,
      examples,
      seed,
      spec: specHash({ table: name, target, examples, repeats, options, model: model.hash, seed }),
    });
    rows.push(...found);
    const of = (learner, metric) => found.find((row) => row.learner === learner && row.metric === metric);
    const ratio = of(model.name, 'rmse-ratio');
    table.push([
      `${name}: ${target}${unseen ? ' *' : ''}`,
      examples,
      ...['mean', 'knn:3', 'ols', 'ridge:loo', model.name].map((learner) => of(learner, 'rmse').value),
      ratio.value,
      ratio,
    ]);
    process.stderr.write(`${name} ${examples}: ${((performance.now() - begin) / 1000).toFixed(1)} s\n`);
  }
}
await model.close();
if (flags.json) console.log(JSON.stringify(rows));
else
  process.stdout.write(
    `RMSE of held-out rows, ${repeats} splits each; the last columns are ${model.name} ÷ ridge:loo.\n` +
      '* nothing about the learner or how it is shown tables was chosen on this table.\n\n' +
      formatTable(
        [
          { header: 'table' },
          { header: 'labelled', kind: 'count' },
          ...['mean', 'knn:3', 'ols', 'ridge:loo', model.name, 'ratio', '90 % interval'].map((header) => ({
            header,
            kind: 'number',
          })),
        ],
        table,
      ),
  );

function ideal() {
  const sigma = [0, 0.1, 0.25, 0.5, 1].map((level) => ({ sigma: level, weight: 1 }));
  const learner = { ...bayes({ sigma }), name: 'ideal', limits: { inputs: 8, points: 41 } };
  return { learner, name: 'ideal', hash: '', close: async () => undefined };
}
