// Texts, through an encoder that needs no download: which of three presidents (or six) said it? Examples are from each one's earlier years
// and questions from the later ones. With transformers.js installed (npm install @huggingface/transformers) any of its models is
// an encoder as well:
//
//   node examples/07-attach-texts.mjs [all] [repeats] [model, such as Xenova/all-MiniLM-L6-v2]
//
// The three were picked after all six presidents of the file had been tried: `all` shows those.

import { readFile } from 'node:fs/promises';
import { attach, ngramEncoder } from 'icicle';
import { contest, split, standings } from './attached/baselines.mjs';

const given = process.argv.slice(2);
const [repeats = '10', model] = given.filter((argument) => argument !== 'all');
const file = JSON.parse(await readFile(new URL('texts/addresses.json', import.meta.url), 'utf8'));
const SPEAKERS = given.includes('all')
  ? [...new Set(file.map(({ speaker }) => speaker))]
  : ['Washington', 'Lincoln', 'Obama'];
const passages = file.filter(({ speaker }) => SPEAKERS.includes(speaker));
const encode = model === undefined ? ngramEncoder() : await transformer(model);

// Half of each one's years are for examples.
const middles = new Map(
  SPEAKERS.map((name) => {
    const years = [
      ...new Set(passages.filter(({ speaker }) => speaker === name).map(({ year }) => year)),
    ].sort();
    return [name, years[years.length >> 1]];
  }),
);
const isEarly = ({ speaker, year }) => year < middles.get(speaker);
const asked = passages.filter((passage) => !isEarly(passage));

// Without a constant, which would answer for a text of which nothing is known.
const learner = attach(encode, { task: 'classes', intercept: false });
const { examples } = split(passages.filter(isEarly), ({ speaker }) => speaker, 10, 'texts', 0);
let task = await learner.context(
  examples.map(({ text }) => text),
  examples.map(({ speaker }) => speaker),
);
const [said] = asked.filter(({ speaker }) => speaker === 'Lincoln');
for (const text of [said.text, '… — …'])
  for (const { label, probability, known, cannotKnow } of await task.predict([text]))
    console.log(
      cannotKnow
        ? `“${text}”: there is nothing of it in any example, so there is no knowing.`
        : `“${text.slice(0, 60)}…”: ${label} (${probability.toFixed(2)}; the examples tell ${(100 * known).toFixed(0)} % of it).`,
    );
// A task takes in examples as they come, and gives them back, each an update of what is there.
task = await task.add([asked[0].text], [asked[0].speaker]);
task = task.remove([task.examples - 1]);

const vectors = new Map(
  (await encode(passages.map(({ text }) => text))).map((row, i) => [passages[i], Float64Array.from(row)]),
);
const vectorsOf = (some) => some.map((passage) => vectors.get(passage));
const truth = asked.map(({ speaker }) => speaker);
const contests = [];
for (let repeat = 0; repeat < Number(repeats); repeat++) {
  const { examples } = split(passages.filter(isEarly), ({ speaker }) => speaker, 10, 'texts', repeat);
  const labels = examples.map(({ speaker }) => speaker);
  const shares = await contest({ vectors: vectorsOf(examples), labels, queries: vectorsOf(asked), truth });
  contests.push({ ...shares, 'always the most frequent': frequent(truth) });
}
console.log(
  `\nAccuracy with ten passages of each of ${SPEAKERS.length}, ${repeats} times, on the same frozen vectors:`,
);
console.log(standings(contests));

/** The share of the answer that is right most often. */
function frequent(answers) {
  const counts = SPEAKERS.map((name) => answers.filter((answer) => answer === name).length);
  return Math.max(...counts) / answers.length;
}

/** A model of transformers.js as an encoder. */
async function transformer(name) {
  const { pipeline } = await import('@huggingface/transformers');
  const extract = await pipeline('feature-extraction', name);
  return async (texts) => (await extract([...texts], { pooling: 'mean', normalize: true })).tolist();
}
