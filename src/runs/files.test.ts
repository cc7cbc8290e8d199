import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAtomic, writeFileAtomic } from './files.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

it('has the old file until the new one is whole', async () => {
  const path = join(folder, 'a.txt');
  await writeFileAtomic(path, 'old');
  const file = await createAtomic(path);
  await file.write('ne');
  expect(await readFile(path, 'utf8')).toBe('old');
  await file.write('w');
  await file.commit();
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['a.txt']);
});

it('leaves nothing behind when it is given up', async () => {
  const file = await createAtomic(join(folder, 'a.txt'));
  await file.write('half');
  await file.abort();
  expect(await readdir(folder)).toEqual([]);
});

it('keeps links and writes to devices', async () => {
  await writeFile(join(folder, 'real.txt'), 'old');
  await symlink(join(folder, 'real.txt'), join(folder, 'link.txt'));
  await writeFileAtomic(join(folder, 'link.txt'), 'new');
  expect(await readFile(join(folder, 'real.txt'), 'utf8')).toBe('new');
  await writeFileAtomic('/dev/null', 'gone');
});

it('says why a file cannot be written', async () => {
  await expect(writeFileAtomic(join(folder, 'no', 'a.txt'), '')).rejects.toThrow(
    /cannot write .*: there is no folder .*: make it first/,
  );
  await expect(writeFileAtomic(folder, '')).rejects.toThrow(/it is a folder: give the name of a file/);
  await expect(writeFileAtomic('/dev/full', 'x')).rejects.toThrow(/the disk is full/);
});
