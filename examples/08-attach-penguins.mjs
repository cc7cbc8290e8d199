// Any function to vectors is an encoder. Here it is a network of random weights that nobody trained: four measurements of a
// penguin, through 64 units. The layers on top learn its species from five examples each, and its body mass with an interval
// that says how sure that is.
//
//   node examples/08-attach-penguins.mjs [repeats]

import { fileURLToPath } from 'node:url';
import { attach, random } from 'icicle';
import { openTable } from 'icicle/node';
import { contest, split, standings } from './attached/baselines.mjs';

const REPEATS = Number(process.argv[2] ?? 10);
const table = await openTable(fileURLToPath(new URL('tables/penguins.csv', import.meta.url)));
const penguins = [];
for await (const { cells } of table.rows()) {
  const penguin = Object.fromEntries(
    table.names.map((name, i) => [name, /_(mm|g)$/.test(name) ? Number.parseFloat(cells[i]) : cells[i]]),
  );
  if (penguin.body_mass_g > 0) penguins.push(penguin);
}

// Millimetres and grams in steps that are about as long as penguins differ; the network is drawn from a seed.
const COLUMNS = {
  bill_length_mm: [44, 5],
  bill_depth_mm: [17, 2],
  flipper_length_mm: [200, 14],
  body_mass_g: [4200, 800],
};
const frozen = (columns) => {
  const stream = random(1, 'frozen', ...columns);
  const weights = Array.from({ length: 64 }, () =>
    Float64Array.from({ length: columns.length + 1 }, stream.normal),
  );
  return (rows) =>
    rows.map((penguin) => {
      const x = columns.map((name) => (penguin[name] - COLUMNS[name][0]) / COLUMNS[name][1]);
      return Float64Array.from(weights, (w) =>
        Math.tanh(w[0] + x.reduce((sum, value, j) => sum + w[j + 1] * value, 0)),
      );
    });
};
const byAll = frozen(Object.keys(COLUMNS));
const byLengths = frozen(Object.keys(COLUMNS).slice(0, 3));

const contests = [];
const errors = { layers: 0, mean: 0, held: 0, width: 0, asked: 0 };
for (let repeat = 0; repeat < REPEATS; repeat++) {
  const { examples, queries } = split(penguins, ({ species }) => species, 5, 'penguins', repeat);
  contests.push(
    await contest({
      vectors: byAll(examples),
      labels: examples.map(({ species }) => species),
      queries: byAll(queries),
      truth: queries.map(({ species }) => species),
    }),
  );

  const mass = await attach(byLengths, { task: 'numbers' }).context(
    examples,
    examples.map((penguin) => penguin.body_mass_g),
  );
  const mean = examples.reduce((sum, penguin) => sum + penguin.body_mass_g, 0) / examples.length;
  for (const [i, { value, interval }] of (await mass.predict(queries)).entries()) {
    const truth = queries[i].body_mass_g;
    errors.layers += (value - truth) ** 2;
    errors.mean += (mean - truth) ** 2;
    errors.held += interval[0] <= truth && truth <= interval[1] ? 1 : 0;
    errors.width += interval[1] - interval[0];
    errors.asked++;
  }
}
console.log(`Accuracy of species with five examples each, ${REPEATS} times, on the same frozen vectors:`);
console.log(standings(contests));
const root = (sum) => Math.sqrt(sum / errors.asked).toFixed(0);
console.log(
  `\nBody mass from the lengths of the same 15: root mean squared error ${root(errors.layers)} g (the mean: ${root(errors.mean)} g);`,
);
console.log(
  `90 % intervals held ${((100 * errors.held) / errors.asked).toFixed(0)} % and were ${(errors.width / errors.asked).toFixed(0)} g wide.`,
);
