import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { execute, hasShippedModel, inRoot, link, node, readText, temporaryFolder } from './repository.js';

// The package as a user gets it: packed, laid out in an empty project as npm would (with the dependencies that it names
// and no others), and used from there. `install.slow.test.ts` does the same with npm and the network.

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly type: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readText('package.json')) as Manifest;
const { folder, remove } = temporaryFolder();
const project = join(folder, 'project');
const installed = join(project, 'node_modules', 'icicle');
const inPackage = (...path: string[]): string => join(installed, ...path);

/** What npm says of the packed file. */
let packed: {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
};
let paths: string[];

beforeAll(async () => {
  const pack = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    inRoot(),
  );
  expect(pack.code, pack.err).toBe(0);
  [packed] = JSON.parse(pack.out);
  paths = packed.files.map(({ path }) => path);
  mkdirSync(installed, { recursive: true });
  const unpack = await execute(
    'tar',
    ['-xzf', join(folder, packed.filename), '--strip-components=1', '-C', installed],
    folder,
  );
  expect(unpack.code, unpack.err).toBe(0);
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
    link(inRoot('node_modules', name), join(project, 'node_modules', name));
  }
  writeFileSync(join(project, 'package.json'), '{"type": "module"}\n');
}, 60_000);
afterAll(remove);

describe('package.json', () => {
  it('says what the package is', () => {
    expect(manifest).toMatchObject({
      name: 'icicle',
      license: 'MIT',
      type: 'module',
      engines: { node: '>=20.19' },
      bin: { icicle: 'dist/cli/main.js' },
    });
    expect(readText('LICENSE')).toMatch(/^MIT License/);
    expect(readText('CHANGELOG.md')).toContain(`## [${manifest.version}]`);
  });

  it('pins what it depends on', () => {
    const versions = [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)];
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    const lock = JSON.parse(readText('package-lock.json')) as { packages: Record<string, Manifest> };
    const { dependencies, devDependencies, version } = lock.packages['']!;
    expect({ dependencies, devDependencies, version }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
      version: manifest.version,
    });
  });

  it('names every package that is imported, and no other', () => {
    const imported = new Set(shipped().flatMap(packagesOf));
    const peers = [...imported].flatMap((name) => peersOf(name));
    const named = Object.keys(manifest.dependencies);
    expect([...imported].filter((name) => !named.includes(name))).toEqual([]);
    expect(named.filter((name) => !imported.has(name) && !peers.includes(name))).toEqual([]);
  });

  it('names what tests import', () => {
    const named = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    const tests = readdirSync(inRoot('src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const imported = new Set(tests.flatMap((file) => importsOf(inRoot('src', file))).map(packageName));
    expect([...imported].filter((name) => name !== undefined && !named.includes(name))).toEqual([]);
  });
});

describe('the packed package', () => {
  it('holds what it needs, no tests, and is small', () => {
    const needed = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs/architecture.md'];
    const wanted = [
      ...needed,
      'examples/tables/penguins.csv',
      'examples/01-learn-in-context.mjs',
      'bench/tables.mjs',
    ];
    expect(wanted.filter((path) => !paths.includes(path))).toEqual([]);
    const known = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|(dist|docs|models|examples|bench)\/.*)$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
    expect(paths.filter((path) => /\.test\.|^dist\/testing\/|testdata|\.tmp$|\.pyc$/.test(path))).toEqual([]);
    expect(packed.size).toBeLessThan(8e6);
    expect(packed.unpackedSize).toBeLessThan(20e6);
  });

  it.skipIf(!hasShippedModel)('holds the models that ship', () => {
    for (const file of ['linear-8/model.onnx', 'tabular/README.md', 'tabular/spec.json'])
      expect(paths).toContain(`models/${file}`);
    for (const model of ['linear-8', 'tabular'])
      for (const file of ['model.json', 'model.safetensors'])
        expect(paths).toContain(`models/${model}/${file}`);
    const tabular = packed.files.filter(({ path }) => path.startsWith('models/tabular/'));
    expect(tabular.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(5e6);
  });

  it('has the files that its entries name', () => {
    const named = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : [entry.types, entry.default],
    );
    for (const file of [...named, ...Object.values(manifest.bin)])
      expect(existsSync(inPackage(file))).toBe(true);
  });

  it('leads from its README to files of its own', () => {
    const links = [...readText('README.md').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, path]) => path!,
    );
    const missing = links.filter((path) => !existsSync(inPackage(path)));
    expect(missing.filter((path) => hasShippedModel || !path.startsWith('models'))).toEqual([]);
  });

  it.each(Object.keys(manifest.exports))('can be imported by %s', async (path) => {
    const name = join('icicle', path).replaceAll('\\', '/');
    const json = path.endsWith('.json') ? ", { with: { type: 'json' } }" : '';
    const code = `console.log(Object.keys(await import('${name}'${json})).length)`;
    const {
      code: exit,
      out,
      err,
    } = await node(['--input-type=module', '--no-warnings', '-e', code], project);
    expect(err).toBe('');
    expect(exit).toBe(0);
    expect(Number(out)).toBeGreaterThan(0);
  });

  it.each(['.', './graph', './report', './web'])('%s needs nothing of Node', (path) => {
    const entry = manifest.exports[path] as { readonly default: string };
    const files = reachedFrom(inPackage(entry.default));
    const needs = files.flatMap((file) =>
      importsOf(file).filter((name) => /^node:|^onnxruntime-node$/.test(name)),
    );
    expect(needs).toEqual([]);
  });

  it('has types that a strict project can use', async () => {
    const entries = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'));
    const lines = entries.map((path, i) => `import * as m${i} from '${join('icicle', path)}';`);
    writeFileSync(
      join(project, 'user.ts'),
      `${lines.join('\n')}
import { type Episodes, type Learner, type Measurement, ols } from 'icicle';
import { type Graph, graph, input, ops } from 'icicle/graph';
export const learner: Learner = ols({ intercept: true });
export const answer = async (episodes: Episodes): Promise<number> => (await learner.predict(episodes)).values[0]!;
export const twice: Graph = graph({ twice: ops.mul(input('x', [2]), 2) });
export const value = (row: Measurement): number => row.value;
// @ts-expect-error A shape is no text.
input('x', '2');
export const all = [${entries.map((_, i) => `m${i}`).join(', ')}];
`,
    );
    const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023'];
    const { out, code } = await node([tsc, ...flags, '--lib', 'es2023,dom', 'user.ts'], project);
    expect(out).toBe('');
    expect(code).toBe(0);
  });

  it('has a program', async () => {
    const main = inPackage(manifest.bin.icicle!);
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const version = await node([main, '--version'], project);
    expect(version).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
  });

  it.skipIf(!hasShippedModel)('learns a table', async () => {
    const args = [
      'predict',
      inPackage('examples', 'tables', 'penguins.csv'),
      '--target',
      'body_mass_g',
      '--json',
    ];
    const { code, out } = await node([inPackage(manifest.bin.icicle!), ...args], project);
    expect(code).toBe(0);
    const { predictions, model } = JSON.parse(out);
    expect(model).toMatchObject({ name: 'tabular', frozen: true });
    expect(predictions).toHaveLength(2);
    for (const { value } of predictions) {
      expect(value).toBeGreaterThan(2500);
      expect(value).toBeLessThan(6500);
    }
  });
});

/** The compiled files and declarations in the package. */
function shipped(): string[] {
  return paths.filter((path) => /^dist\/.*\.(js|d\.ts)$/.test(path)).map((path) => inPackage(path));
}

/** All that a file imports, as it is written there. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([@a-z.][\w./:@-]*)['"]/g)].map(
    ([, name]) => name!,
  );
}

const packagesOf = (file: string): string[] =>
  importsOf(file)
    .map(packageName)
    .filter((name) => name !== undefined);

/** The package of an import; undefined for files, for Node's own modules and for Icicle itself. */
function packageName(name: string): string | undefined {
  if (/^(\.|node:|icicle($|\/))/.test(name)) return undefined;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

const peersOf = (name: string): string[] => {
  const path = inRoot('node_modules', name, 'package.json');
  if (!existsSync(path)) return [];
  const { peerDependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  return Object.keys(peerDependencies);
};

/** A file and the files of the package that it needs. */
function reachedFrom(entry: string): string[] {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const name of importsOf(file)) if (name.startsWith('.')) visit(normalize(join(dirname(file), name)));
  };
  visit(entry);
  return [...reached];
}
