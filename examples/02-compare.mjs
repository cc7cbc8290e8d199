// Gives the same episodes to a frozen model and to textbook learners, prints how far each is off and from the best
// possible one, and draws their learning curves.
//
//   node examples/02-compare.mjs [model folder]

import { writeFile } from 'node:fs/promises';
import { modelLearner } from 'icicle';
import { compare, nodeEngine, openModel, shippedModel } from 'icicle/node';
import { curves, emptyDocument, formatTable } from 'icicle/report';

const { name, config, parameters } = await openModel(process.argv[2] ?? shippedModel('linear-8'));
const model = modelLearner(name, config, parameters, nodeEngine());

// A comparison is a spec: with the same spec the same rows come again. Learners that have a name of their own are
// written as text; models are handed over beside it.
const { rows, hash } = await compare(
  {
    family: { family: 'linear', inputs: 4, noise: 0.5 },
    learners: [name, 'bayes', 'ols', 'ridge:loo', 'knn:3'],
    reference: 'bayes',
    episodes: 256,
    points: 17,
    seed: 7,
  },
  { learners: [model] },
);

// Every row is tidy: family, learner, reference, examples, metric, value and its 90 % interval, episodes, seed, spec.
const mean = rows.filter(({ metric }) => metric.startsWith('squared-error@'));
const distance = rows.filter(({ metric }) => metric.startsWith('spd/d@'));
console.log(`Mean over 1…8 examples, spec ${hash}.\n`);
console.log(
  formatTable(
    [
      { header: 'learner' },
      { header: 'squared error', kind: 'number' },
      { header: '90 % interval', kind: 'number' },
      { header: 'SPD ÷ d to bayes', kind: 'number' },
    ],
    mean.map((row) => [
      row.learner,
      row.value,
      row,
      distance.find(({ learner }) => learner === row.learner)?.value,
    ]),
  ),
);

// The figure is one SVG file without anything outside it. In a browser the page's own document takes the place of
// the empty one.
await writeFile('curves.svg', curves(rows, { document: emptyDocument(), version: 'example' }));
console.log('wrote curves.svg');
await model.release();
