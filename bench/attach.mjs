// How long attached layers take for 100 examples of 384 dimensions in 10 classes, beside nearest neighbours,
// ml-logistic-regression and the logistic regression of the table learner's heads on the same vectors. Times are medians and least
// times of a call once it is compiled, and the processor's time for it, which other programs on the machine change less.
// Build first; then: node bench/attach.mjs [calls]

import { attach, attachOnnx, ngramEncoder, random } from 'icicle';
import { constant, graph, input, ops, toOnnx } from 'icicle/graph';
import { openOnnx } from 'icicle/node';
import LogisticRegression from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';
import { fitLogistic } from '../dist/tabular/heads/logistic.js';
import { nearest } from '../examples/attached/baselines.mjs';

const CALLS = Number(process.argv[2] ?? 30);
const [EXAMPLES, WIDTH, CLASSES, QUERIES] = [100, 384, 10, 100];
const stream = random(1, 'bench');
const means = Array.from({ length: CLASSES }, () => Float64Array.from({ length: WIDTH }, stream.normal));
const draw = (i) => means[i % CLASSES].map((value) => 0.2 * value + stream.normal());
const vectors = Array.from({ length: EXAMPLES }, (_, i) => draw(i));
const queries = Array.from({ length: QUERIES }, (_, i) => draw(i));
const labels = vectors.map((_, i) => `class ${i % CLASSES}`);
const asTheyAre = (rows) => rows;

console.log(
  `${EXAMPLES} examples of ${WIDTH} dimensions, ${CLASSES} classes; milliseconds`.padEnd(62),
  '  median   least  processor',
);
for (const solver of ['ridge', 'logistic']) {
  const learner = attach(asTheyAre, { task: 'classes', solver });
  let task = await learner.context(vectors, labels);
  await time(`attach until the first answer, ${solver}, λ by leave-one-out`, async () => {
    task = await learner.context(vectors, labels);
    await task.predict(queries.slice(0, 1));
  });
  await time(`  a row predicted, of ${QUERIES}`, () => task.predict(queries), QUERIES);
  await time('  a row explained', () => task.explain(queries), QUERIES);
  await time('  an example added, one removed', async () =>
    (await task.add([queries[0]], [labels[0]])).remove([0]),
  );
  const answers = await task.predict(queries);
  report(
    `  accuracy`,
    answers.map(({ label }) => label),
  );
  const { deviation, condition } = task.audit();
  console.log(
    `  off the textbook's by ${deviation.toExponential(1)}, condition number ${condition.toFixed(0)}`,
  );
}

const numbers = vectors.map((vector) => vector[0] + vector[1] + 0.3 * stream.normal());
const ofNumbers = attach(asTheyAre, { task: 'numbers' });
let numbersTask = await ofNumbers.context(vectors, numbers);
await time('attach until the first answer and its interval, numbers', async () => {
  numbersTask = await ofNumbers.context(vectors, numbers);
  await numbersTask.predict(queries.slice(0, 1));
});
await time(`  a row predicted, of ${QUERIES}`, () => numbersTask.predict(queries), QUERIES);
await time('  an example added, one removed, one asked', async () =>
  (await numbersTask.add([queries[0]], [1])).remove([0]).predict(queries.slice(0, 1)),
);

const one = nearest(vectors, labels, 1);
await time('1 nearest neighbour, a row', () => queries.map(one), QUERIES);
report('  accuracy', queries.map(one));

const mean = vectors[0].map((_, j) => vectors.reduce((sum, vector) => sum + vector[j], 0) / EXAMPLES);
const matrix = (rows) => ({
  rows: rows.length,
  width: WIDTH,
  values: Float64Array.from(rows.flatMap((row) => Array.from(row, (value, j) => value - mean[j]))),
});
const names = [...new Set(labels)];
const classes = Int32Array.from(labels, (label) => names.indexOf(label));
const [x, asked] = [matrix(vectors), matrix(queries)];
let path = fitLogistic(x, classes, CLASSES, [1]);
await time('logistic regression of the heads, one λ', () => {
  path = fitLogistic(x, classes, CLASSES, [1]);
});
await time('  a row predicted', () => path.probabilities(asked)(0), QUERIES);
const chances = path.probabilities(asked)(0);
report(
  '  accuracy',
  queries.map((_, i) => {
    const own = Array.from(chances.subarray(i * CLASSES, (i + 1) * CLASSES));
    return names[own.indexOf(Math.max(...own))];
  }),
);

// Gradient descent at its own settings: as many steps as its README takes, at its default rate.
const [theirs, theirsAsked] = [vectors, queries].map((rows) => new Matrix(rows.map((row) => [...row])));
let slopes;
const learn = () => {
  slopes = new LogisticRegression({ numSteps: 1000, learningRate: 5e-4 });
  slopes.train(theirs, Matrix.columnVector([...classes]));
};
await time('ml-logistic-regression, 1000 steps', learn, 1, 3);
await time('  a row predicted', () => slopes.predict(theirsAsked), QUERIES);
report(
  '  accuracy',
  slopes.predict(theirsAsked).map((at) => names[at]),
);

// The same as one ONNX file: solving anew at each call, behind an encoder that only passes vectors on.
const passed = toOnnx(graph({ vectors: ops.mul(input('inputs', ['batch', WIDTH]), constant(1.0000001)) }));
const flat = (rows) => ({
  shape: [rows.length, rows[0].length],
  data: Float32Array.from(rows.flatMap((row) => [...row])),
});
const feeds = {
  context: flat(vectors),
  labels: flat(labels.map((label) => names.map((name) => Number(name === label)))),
  queries: flat(queries),
};
for (const [solver, precision] of ['ridge', 'logistic'].flatMap((name) => [
  [name, 'float64'],
  [name, 'float32'],
])) {
  const task = await attach(asTheyAre, { task: 'classes', solver }).context(vectors, labels);
  const expected = await task.predict(queries);
  const onnx = attachOnnx(passed, { task: 'classes', solver, precision });
  const program = await openOnnx(onnx, { threads: 1 });
  let results = await program.run(feeds);
  await time(`one ONNX file, ${solver}, ${precision}, ${QUERIES} rows`, async () => {
    results = await program.run(feeds);
  });
  await program.release();
  const apart = expected.flatMap(({ probabilities }, i) =>
    names.map((name, k) => Math.abs(probabilities[name] - results.predictions.data[i * CLASSES + k])),
  );
  console.log(`  off the library's probabilities by ${Math.max(...apart).toExponential(1)}`);
}

const text = 'The learner learns from what it is shown. '.repeat(8);
const encode = ngramEncoder();
await time('a text of 336 letters encoded by its n-grams', () => encode([text]));

/** Prints how long a call takes, over `parts`. */
async function time(name, call, parts = 1, calls = CALLS) {
  for (let i = 0; i < Math.min(5, calls); i++) await call();
  const times = [];
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) {
    const start = performance.now();
    await call();
    times.push((performance.now() - start) / parts);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const numbers = [times[calls >> 1], times[0], (user + system) / 1e3 / calls / parts];
  console.log(name.padEnd(62), ...numbers.map((value) => value.toPrecision(3).padStart(8)));
}

function report(name, predicted) {
  const right = predicted.filter((label, i) => label === `class ${i % CLASSES}`).length;
  console.log(`${name} ${((100 * right) / QUERIES).toFixed(0)} %`);
}
