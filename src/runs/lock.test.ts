import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lock } from './lock.js';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const written = (pid: number, host = hostname()) => JSON.stringify({ pid, host, nonce: 'x' });
const GONE = 999_999_999;

/** A process that holds the lock until its stdin ends. */
async function holder(): Promise<ChildProcess> {
  const module = new URL('./lock.js', import.meta.url).href;
  const code = `const { lock } = await import(${JSON.stringify(module)});
    const held = await lock(${JSON.stringify(folder)});
    console.log('held');
    process.stdin.on('end', () => held.release()).resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout!, 'data');
  return child;
}

describe('a lock', () => {
  it('says whose it is, and leaves nothing behind', async () => {
    const held = await lock(folder);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(await readdir(folder)).toEqual(['lock']);
    await held.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('excludes a second one of the same process', async () => {
    const held = await lock(folder);
    await expect(lock(folder)).rejects.toThrow(`in use by process ${process.pid}`);
    expect(await readdir(folder)).toEqual(['lock']);
    await held.release();
    await (await lock(folder)).release();
  });

  it('excludes another process that lives, not one that was killed', async () => {
    const child = await holder();
    await expect(lock(folder)).rejects.toThrow(`in use by process ${child.pid} on ${hostname()}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await lock(folder)).release();
  });

  it('is given back to other processes', async () => {
    const child = await holder();
    child.stdin!.end();
    await once(child, 'exit');
    await (await lock(folder)).release();
  });

  it('that is stale goes to one of many who want it', async () => {
    await writeFile(path, written(GONE));
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lock(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(lock(folder)).rejects.toThrow('in use');
    expect(await readdir(folder)).toEqual(['lock']);
  });

  it('of another machine, or that says nothing, is not taken over; the message names the file', async () => {
    await writeFile(path, written(GONE, 'elsewhere'));
    await expect(lock(folder)).rejects.toThrow(`process ${GONE} on elsewhere`);
    await expect(lock(folder)).rejects.toThrow(`delete ${path}`);
    await writeFile(path, '');
    await expect(lock(folder)).rejects.toThrow(`${path} does not say who works in the folder: delete it`);
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('that a user gave to somebody else stays theirs on release', async () => {
    const held = await lock(folder);
    await writeFile(path, written(GONE));
    await held.release();
    expect(await readFile(path, 'utf8')).toBe(written(GONE));
  });

  it('says why a folder cannot be written to', async () => {
    await expect(lock(join(folder, 'no'))).rejects.toThrow(/cannot write .*lock: there is no folder/);
    if (process.getuid?.() === 0) return; // Root may write anywhere.
    await chmod(folder, 0o500);
    await expect(lock(folder)).rejects.toThrow(/cannot write .*lock: no permission/);
    await chmod(folder, 0o700);
  });
});
