// Learns a column of a table in context, fills in its empty cells, and says how good that is: what `icicle predict` does,
// from code.
//
//   node examples/05-predict-a-table.mjs [model folder]

import { fileURLToPath } from 'node:url';
import { modelLearner } from 'icicle';
import {
  compareTask,
  learnTask,
  nodeEngine,
  openModel,
  openTask,
  predictRows,
  shippedModel,
} from 'icicle/node';
import { formatTable } from 'icicle/report';

const { name, config, parameters } = await openModel(process.argv[2] ?? shippedModel('linear-8'));
const model = modelLearner(name, config, parameters, nodeEngine());

// The table is read and checked first: rows with the target are the examples, rows without it are to be predicted. What
// is wrong with a table is an IcicleError whose message is one line that says what to do.
const splits = { share: 0.25, repeats: 5, examples: 40 };
const task = await openTask({
  table: fileURLToPath(new URL('tables/penguins.csv', import.meta.url)),
  target: 'body_mass_g',
  comparison: splits,
  seed: 1,
});

// The labelled rows become contexts for the model, none of whose parameters changes. Any learner could take its place.
const learned = await learnTask(task, model);
console.log(`${learned.inputs} inputs, ${learned.examples} examples in each of ${learned.members} contexts`);

// Rows come a few at a time, so that a file of any length takes little memory; values are in the target's units.
for await (const rows of predictRows(task, learned))
  for (const { row, value } of rows) console.log(`line ${row.line}: ${value.toFixed(0)} g`);

// Rows that were held out, from the model and from textbook learners on the same splits.
const measured = await compareTask(task, model, splits);
const rmse = measured.filter(({ metric }) => metric === 'rmse');
console.log(
  formatTable(
    [{ header: 'learner' }, { header: 'RMSE', kind: 'number' }, { header: '90 % interval', kind: 'number' }],
    rmse.map((row) => [row.learner, row.value, row]),
  ),
);
await model.release();
