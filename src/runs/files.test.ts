import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { guarded } from './file-errors.js';
import { createAtomic, readIfThere, removeTemporaries, writeFileAtomic } from './files.js';

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

it('removes what killed processes left, and nothing else', async () => {
  const left = await createAtomic(join(folder, 'a.txt')); // Neither committed nor given up.
  await writeFile(join(folder, 'b.tmp'), 'mine');
  expect(await readdir(folder)).toHaveLength(2);
  await removeTemporaries(folder);
  expect(await readdir(folder)).toEqual(['b.tmp']);
  await removeTemporaries(join(folder, 'none'));
  await left.abort();
});

it('tells a file that is not there from one that cannot be read', async () => {
  expect(await readIfThere(join(folder, 'none'))).toBeUndefined();
  await expect(readIfThere(folder)).rejects.toThrow(/cannot read .*: it is a folder/);
});

it.each([
  ['EEXIST', 'something else has this name'],
  ['ENOTEMPTY', 'a folder with files in it has this name'],
  ['EMFILE', 'too many files are open'],
  ['EBUSY', 'another program uses it'],
  ['EFBIG', 'it would be larger than files may be here'],
  ['ENOSPC', /the disk is full: free some space or write elsewhere$/],
  ['ESTRANGE', 'the system reports ESTRANGE: try another place'],
])('%s becomes a cause with a way out', async (code, reason) => {
  const fails = () => Promise.reject(Object.assign(new Error(code), { code, syscall: 'open' }));
  await expect(guarded('write', 'a.txt', fails)).rejects.toThrow(reason);
  await expect(guarded('write', 'a.txt', fails)).rejects.toMatchObject({ name: 'IcicleError', exitCode: 1 });
});

it('leaves errors that are not the file system’s as they are', async () => {
  const bug = new TypeError('a bug');
  await expect(guarded('write', 'a.txt', () => Promise.reject(bug))).rejects.toBe(bug);
});

it('says what is in the way of a folder', async () => {
  await writeFile(join(folder, 'a.txt'), '');
  await expect(
    guarded('write', join(folder, 'a.txt'), () => mkdir(join(folder, 'a.txt'), { recursive: true })),
  ).rejects.toThrow('something else has this name');
});
