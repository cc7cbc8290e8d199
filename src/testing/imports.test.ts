import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// Which room may import which: docs/architecture.md. `testing` helps tests only.
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  learners: ['core'],
  tasks: ['core', 'learners'],
  measure: ['core'],
  graph: ['core'],
  engine: ['core', 'graph'],
  attach: ['core', 'graph', 'engine'],
  model: ['core', 'graph', 'engine'],
  compile: ['core', 'tasks', 'model'],
  tabular: ['core', 'learners', 'measure', 'graph', 'engine', 'model'],
  train: ['core', 'tasks', 'graph', 'engine', 'model', 'tabular'],
  report: ['core', 'measure'],
  runs: ['core', 'tasks', 'learners', 'measure', 'graph', 'engine', 'model', 'train', 'tabular', 'report'],
  server: ['core', 'engine', 'model', 'tabular', 'runs'],
  cli: [
    'core',
    'tasks',
    'learners',
    'measure',
    'graph',
    'engine',
    'attach',
    'model',
    'compile',
    'train',
    'tabular',
    'report',
    'runs',
    'server',
  ],
};

const root = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map(normalize)
  .filter(
    (file) => file.endsWith('.ts') && !/\.test(\.helper)?\.ts$/.test(file) && !file.startsWith('testing'),
  );

/** Files of ours that a file imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g)].map(([, path]) =>
    normalize(join(dirname(file), `${path}.ts`)),
  );
}

/** The first way that leads back to where it began, if there is one. */
function cycleIn(all: readonly string[], importedBy: (one: string) => readonly string[]): string[] {
  const done = new Set<string>();
  const search = (one: string, way: readonly string[]): string[] => {
    if (way.includes(one)) return [...way.slice(way.indexOf(one)), one];
    if (done.has(one)) return [];
    for (const next of importedBy(one)) {
      const found = search(next, [...way, one]);
      if (found.length > 0) return found;
    }
    done.add(one);
    return [];
  };
  for (const one of all) {
    const found = search(one, []);
    if (found.length > 0) return found;
  }
  return [];
}

const roomOf = (file: string): string => file.split(sep)[0]!;

it('rooms import in one direction', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter(
        (imported) =>
          roomOf(imported) !== roomOf(file) &&
          file.includes(sep) &&
          !MAY_IMPORT[roomOf(file)]?.includes(roomOf(imported)),
      )
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(files.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

it('neither rooms nor files have cycles', () => {
  expect(cycleIn(Object.keys(MAY_IMPORT), (room) => MAY_IMPORT[room]!)).toEqual([]);
  expect(cycleIn(files, importsOf)).toEqual([]);
});

it('cycles are found', () => {
  const imports: Record<string, string[]> = { a: ['b'], b: ['c', 'd'], c: [], d: ['b'] };
  expect(cycleIn(Object.keys(imports), (file) => imports[file]!)).toEqual(['b', 'd', 'b']);
});

it('only the command line reads the clock, the environment or prints', () => {
  const outside = files.filter((file) => roomOf(file) !== 'cli');
  const reading = outside.filter((file) =>
    /\b(Date\.now|performance\.now|process\.env|console\.|Math\.random)\b/.test(
      readFileSync(join(root, file), 'utf8'),
    ),
  );
  expect(reading).toEqual([]);
});
