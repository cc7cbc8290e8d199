import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { execute, hasShippedModel, inRoot, temporaryFolder } from './repository.js';

const { folder, remove } = temporaryFolder();
afterAll(remove);

it('installs with npm in an empty folder and runs', { timeout: 600_000 }, async () => {
  const pack = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    inRoot(),
  );
  const [{ filename }] = JSON.parse(pack.out) as [{ filename: string }];
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"type": "module"}\n');
  const install = await execute(
    'npm',
    ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)],
    project,
  );
  expect(install.code, install.err).toBe(0);
  const version = await execute('npx', ['icicle', '--version'], project);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  if (!hasShippedModel) return;
  const table = join(project, 'node_modules', 'icicle', 'examples', 'tables', 'penguins.csv');
  const { code, out } = await execute(
    'npx',
    ['icicle', 'predict', table, '--target', 'body_mass_g'],
    project,
  );
  expect(code).toBe(0);
  expect(out).toContain('predicted body_mass_g');
});
