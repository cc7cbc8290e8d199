// A frozen network learns digits that it never saw. Its encoder was trained on the digits 0–4 only (examples/digits); two layers
// on top learn 5–9 from five examples each, without training: none of the encoder's weights changes.
//
//   node examples/06-attach-digits.mjs [repeats] [encoder.onnx]

import { fileURLToPath } from 'node:url';
import { attach } from 'icicle';
import { openEncoder } from 'icicle/node';
import { contest, split, standings } from './attached/baselines.mjs';
import { readDigits } from './digits/digits.mjs';

const [repeats = '10', file = fileURLToPath(new URL('digits/encoder.onnx', import.meta.url))] =
  process.argv.slice(2);
const REPEATS = Number(repeats);
const encoder = await openEncoder(file);
const images = (await readDigits()).filter(({ digit }) => digit >= 5);
const digitOf = ({ digit }) => String(digit);

// One task, as a program would learn it.
const learner = attach(encoder, { task: 'classes' });
const { examples, queries } = split(images, digitOf, 5, 'digits', 0);
const task = await learner.context(
  examples.map(({ pixels }) => pixels),
  examples.map(digitOf),
);
const [first] = await task.predict([queries[0].pixels]);
console.log(
  `A ${digitOf(queries[0])} is taken for a ${first.label}, probability ${first.probability.toFixed(2)}.`,
);
const [influences] = await task.explain([queries[0].pixels]);
const own = task.classes.indexOf(first.label);
const strongest = influences.reduce((a, b) => (b.influence[own] > a.influence[own] ? b : a));
console.log(`The example that speaks for it most is a ${digitOf(examples[strongest.example])}.`);
const { deviation, condition } = task.audit();
console.log(`Off the optimum by ${deviation.toExponential(1)}, condition number ${condition.toFixed(0)}.`);

// How good that is: other examples each time, all other images of 5–9 asked.
const vectors = new Map(await encodeAll());
const vectorsOf = (some) => some.map((image) => vectors.get(image));
const contests = [];
for (let repeat = 0; repeat < REPEATS; repeat++) {
  const { examples, queries } = split(images, digitOf, 5, 'digits', repeat);
  contests.push(
    await contest({
      vectors: vectorsOf(examples),
      labels: examples.map(digitOf),
      queries: vectorsOf(queries),
      truth: queries.map(digitOf),
    }),
  );
}
console.log(`\nAccuracy on 5–9 with five examples each, ${REPEATS} times, on the same frozen vectors:`);
console.log(standings(contests));
await encoder.release();

async function encodeAll() {
  const rows = await encoder.encode(images.map(({ pixels }) => pixels));
  return images.map((image, i) => [image, Float64Array.from(rows[i])]);
}
