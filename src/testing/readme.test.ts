import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  codeBlocks,
  hasShippedModel,
  icicle,
  inRoot,
  makeProject,
  node,
  readText,
  temporaryFolder,
} from './repository.js';

// What the README shows is run as it stands there: modules in a folder where `icicle` is installed, commands through the
// command line. Long commands get the flags below after their own, which makes them short and changes nothing else.

const FEWER: Readonly<Record<string, readonly string[]>> = {
  train: ['--set', 'steps=4', '--set', 'model.layers=2'],
  compare: ['--episodes', '32'],
  'bench step': ['--sizes', 'S', '--rounds', '1', '--steps', '1'],
  'bench learn': ['--set', 'steps=4', '--set', 'model.layers=2'],
};
/** Commands that are not run here: what installs, what takes minutes, and examples, which have a test of their own. */
const NOT_RUN =
  /^(npm run build|npm (ci|test|pack|install)\b|git clone |cd |node (bench|scripts|examples)\/)/;

const readme = readText('README.md');
const blocks = codeBlocks(readme);
const modules = blocks.filter(({ language }) => language === 'js');
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code, line }) =>
    code
      .trimEnd()
      .split('\n')
      .map((text, i) => ({ text: text.replace(/\s+#.*$/, '').trim(), line: line + i })),
  )
  .filter(({ text }) => text !== '' && !text.startsWith('#'));

/** Whether something shown needs the model that ships. */
const needsModel = (text: string): boolean => /linear-8|tabular|\bpredict\b|^npm start$/.test(text);

const WAITS = 'the models are not there yet';

const { folder, remove } = temporaryFolder();
beforeAll(() => makeProject(folder));
afterAll(remove);

describe('the examples of the README', () => {
  it.for(modules)('module on line $line', async ({ code, line }, { skip }) => {
    skip(!hasShippedModel && needsModel(code), WAITS);
    const file = join(folder, `line-${line}.mjs`);
    writeFileSync(file, code);
    const { code: exit, out, err } = await node([file], folder);
    expect(err).toBe('');
    expect(exit).toBe(0);
    expectAbout(code, out);
  });

  it.for(commands.filter(({ text }) => !NOT_RUN.test(text)))('$text', async ({ text, line }, { skip }) => {
    skip(!hasShippedModel && needsModel(text), WAITS);
    const words = wordsOf(text);
    const own = join(folder, `line-${line}`);
    mkdirSync(own);
    makeProject(own);
    const start = ['npx icicle', 'npm start --', 'npm start'].find((start) => text.startsWith(start));
    if (start === undefined)
      throw new Error(`README.md:${line}: the test does not know how to run "${text}"`);
    const args = words.slice(start.split(' ').length);
    const verb = Object.keys(FEWER).find((verb) => args.join(' ').startsWith(verb));
    const { code, out, err } = await icicle([...args, ...(FEWER[verb ?? ''] ?? [])], own);
    expect(err).not.toContain('error:');
    expect(code).toBe(0);
    expect(out.length + err.length).toBeGreaterThan(0);
  });
});

describe('what the README says', () => {
  it('names every verb', async () => {
    const { out } = await icicle(['--help'], folder);
    const verbs = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm)].map(
      ([, verb]) => verb!,
    );
    expect(verbs.length).toBeGreaterThan(4);
    expect(verbs.filter((verb) => !readme.includes(`\`icicle ${verb}`))).toEqual([]);
  });

  it.skipIf(!hasShippedModel)('speaks of the models that ship, and of no other', () => {
    const shipped = ['linear-8', 'tabular'].map(
      (name) => (JSON.parse(readText('models', name, 'model.json')) as { hash: string }).hash,
    );
    const hashes = [...readme.matchAll(/SHA-256 ([0-9a-f]{8,})/g)].map(([, digits]) => digits!);
    expect(hashes.length).toBeGreaterThan(0);
    expect(hashes.filter((digits) => !shipped.some((hash) => hash.startsWith(digits)))).toEqual([]);
  });

  it('has the output of every command that it shows', () => {
    const opened = [...readme.matchAll(/^<!-- output: ([a-z0-9-]+) -->$/gm)].map(([, name]) => name!);
    expect(opened.length).toBeGreaterThan(0);
    expect(opened.every((name) => readme.includes(`<!-- /output: ${name} -->`))).toBe(true);
    // Once there is a model, nothing is left to fill in: node scripts/readme.mjs <name>
    if (!hasShippedModel) return;
    const empty = readme.split('\n').filter((line) => line.includes('not filled in yet'));
    expect(empty).toEqual([]);
  });
});

describe('the numbered examples', () => {
  const fewer: Readonly<Record<string, readonly string[]>> = {
    '03-train.mjs': ['4'],
    '07-attach-texts.mjs': ['2'],
  };
  const files = readdirSync(inRoot('examples')).filter((file) => file.endsWith('.mjs'));

  it.for(files)('%s', async (file, { skip }) => {
    const text = readFileSync(inRoot('examples', file), 'utf8');
    expect(readme.includes(`examples/${file}`)).toBe(true);
    skip(!hasShippedModel && needsModel(text), WAITS);
    const own = join(folder, file.replace('.mjs', ''));
    mkdirSync(own);
    const { code, out, err } = await node([inRoot('examples', file), ...(fewer[file] ?? [])], own);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).not.toBe('');
  });
});

/** Holds output lines against comments such as `console.log(slope); // about 2`: each number within 15 %. */
function expectAbout(code: string, out: string): void {
  const claims = code.split('\n').filter((line) => /console\.log\(/.test(line));
  const lines = out.trimEnd().split('\n');
  for (const [i, claim] of claims.entries()) {
    const said = /\/\/ about (.*)$/.exec(claim)?.[1];
    if (said === undefined) continue;
    const [expected, actual] = [numbersIn(said), numbersIn(lines[i] ?? '')];
    expect(actual).toHaveLength(expected.length);
    for (const [j, value] of expected.entries())
      expect(Math.abs(actual[j]! - value)).toBeLessThanOrEqual(0.15 * Math.max(1, Math.abs(value)));
  }
}

const numbersIn = (text: string): number[] =>
  (text.match(/[-−]?\d+(\.\d+)?/g) ?? []).map((n) => Number(n.replace('−', '-')));

/** The words of a command, quotes taken off. */
const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain!,
  );
