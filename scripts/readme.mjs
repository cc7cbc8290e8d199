// Runs commands and puts what they print into README.md, between <!-- output: name --> and <!-- /output: name -->: a
// number in the README is always printed by the command above it.
//
//   npm run build && node scripts/readme.mjs [name …]     without names: says which there are
//   npm run build && node scripts/readme.mjs --quick      all that do not time anything
//
// Commands that time something (bench-…) want a machine that does nothing else.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const README = join(ROOT, 'README.md');
const ICICLE = ['dist/cli/main.js'];
const IDENTIFY = 'models/linear-8 --dims 8 --noise 0.5';
const COMPARE = '--model models/linear-8 --dims 8 --learners ols,ridge:0.1,knn:3,gd:1 --seed 7';

/** What is shown, what is run for it, whether what is said on stderr belongs to it, and whether it is timed. */
const sections = {
  demo: { shown: 'npm start', args: ICICLE, talk: true },
  compare: { shown: `npx icicle compare ${COMPARE}`, args: [...ICICLE, 'compare', ...COMPARE.split(' ')] },
  identify: {
    shown: `npx icicle identify ${IDENTIFY}`,
    args: [...ICICLE, 'identify', ...IDENTIFY.split(' ')],
  },
  tables: { shown: 'node bench/tables.mjs', args: ['bench/tables.mjs'] },
  'bench-step': { shown: 'npx icicle bench step', args: [...ICICLE, 'bench', 'step'], timed: true },
  'bench-learn-5': learn('5'),
  'bench-learn-8': learn('8'),
};

function learn(dims) {
  const args = ['bench', 'learn', '--dims', dims];
  return { shown: `npx icicle ${args.join(' ')}`, args: [...ICICLE, ...args], timed: true };
}

const words = process.argv.slice(2);
const names = words.includes('--quick')
  ? Object.keys(sections).filter((name) => !sections[name].timed)
  : words;
const unknown = names.filter((name) => !Object.hasOwn(sections, name));
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`unknown section ${unknown.map((name) => `"${name}"`).join(', ')}`);
  console.error(`Sections: ${Object.keys(sections).join(', ')}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}
for (const name of names) {
  const { shown, args, talk = false, timed = false } = sections[name];
  console.error(`${name}: ${shown}`);
  const machine = timed
    ? `${cpus()[0].model.trim()}, ${cpus().length} cores, ${arch()}, Node ${process.version}`
    : '';
  fill(name, `$ ${shown}\n${output(args, talk).trimEnd()}\n`, machine);
}

/** What a command prints; stdout and stderr through one file, which keeps their order. */
function output(args, talk) {
  const folder = mkdtempSync(join(tmpdir(), 'icicle-'));
  const path = join(folder, 'output');
  const file = openSync(path, 'w');
  try {
    const stdio = ['ignore', file, talk ? file : 'inherit'];
    const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio });
    const text = readFileSync(path, 'utf8');
    if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${text}`);
    // Where stderr is no terminal, progress is a line every few seconds: it is no part of the output.
    return text.replace(/^[\w -]+: \d+\/\d+(,.*)?\n/gm, '');
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true });
  }
}

function fill(name, text, machine) {
  const readme = readFileSync(README, 'utf8');
  const [open, close] = [`<!-- output: ${name} -->`, `<!-- /output: ${name} -->`];
  const [from, to] = [readme.indexOf(open), readme.indexOf(close)];
  if (from < 0 || to < from) throw new Error(`README.md has no place for ${name}: ${open} … ${close}`);
  const note = machine === '' ? '' : `\nPrinted on: ${machine}.\n`;
  const block = `${open}\n\`\`\`text\n${text}\`\`\`\n${note}`;
  writeFileSync(README, readme.slice(0, from) + block + readme.slice(to));
}
