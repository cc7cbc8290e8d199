// Learns a column of a table in context, fills in its empty cells, and says how good that is: what `icicle predict` does,
// from code.
//
//   node examples/05-predict-a-table.mjs [model folder]

import { fileURLToPath } from 'node:url';
import { compareTabular, open, openTable } from 'icicle/node';
import { formatTable } from 'icicle/report';

const learner = await open(process.argv[2] ?? 'tabular');
const table = await openTable(fileURLToPath(new URL('tables/penguins.csv', import.meta.url)));

// The table is read and checked first: rows with the target are learned from, none of the model's parameters changes. What is
// wrong with a table is an IcicleError whose message is one line that says what to do.
const task = await learner.context(table, { target: 'sex', types: { year: 'category' } });
for (const warning of task.warnings) console.log(`note: ${warning}`);
console.log(
  `learned from ${task.scan.labelled} rows, columns ${task.schema.columns.map(({ name }) => name).join(', ')}`,
);

// Rows come a few at a time, so that a file of any length takes little memory.
for await (const rows of task.predictTable(table, { only: 'unlabelled' }))
  for (const { row, prediction } of rows)
    console.log(`line ${row.line}: ${prediction.label} (${prediction.probability.toFixed(2)})`);

// How good that is, from labelled rows that were asked before their label was used …
const { score, margin } = task.quality;
console.log(
  `accuracy ${score.own.toFixed(2)} ± ${margin.toFixed(2)}; the majority ${score.constant.toFixed(2)}`,
);

// … and with fewer labels, from rows that were held out, beside textbook learners on the same splits.
const rows = await compareTabular(learner, task, { share: 0.25, repeats: 3, examples: 20 });
console.log(
  formatTable(
    [
      { header: 'learner' },
      { header: 'accuracy', kind: 'number' },
      { header: '90 % interval', kind: 'number' },
    ],
    rows.filter(({ metric }) => metric === 'accuracy').map((row) => [row.learner, row.value, row]),
  ),
);
await learner.release();
