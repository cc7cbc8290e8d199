import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { IcicleError } from '../core/errors.js';
import { guarded } from './file-errors.js';
import { readIfThere } from './files.js';

/** A folder that is this process's own until `release`. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Makes a run folder this process's own. The file `lock` in it says whose it is: process, machine, and a number that is
 * used once. It comes into place by a link, so that it is whole from the start and only one process can put it there.
 * The lock of a process of this machine that is gone is taken over.
 * @throws IcicleError where somebody works in the folder, this process included, or the user may not write to it
 */
export async function lock(folder: string): Promise<Lock> {
  const path = join(folder, 'lock');
  const nonce = randomUUID();
  const own = `${JSON.stringify({ pid: process.pid, host: hostname(), nonce })}\n`;
  const temporary = `${path}.${nonce}`;
  return guarded('write', path, async () => {
    try {
      await writeFile(temporary, own, { flag: 'wx', flush: true });
      if (!(await linked(temporary, path))) await takeOver(folder, path, temporary);
      return { release: () => removeOwn(path, own) };
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

/** Replaces a stale lock. A second lock lets one process at a time do so: a fresh lock is never replaced as if it were stale. */
async function takeOver(folder: string, path: string, temporary: string): Promise<void> {
  await refuseUnlessStale(folder, path);
  const turn = `${path}.takeover`;
  if (!(await linked(temporary, turn)))
    throw new IcicleError(
      `${folder} is being taken by another process: try again; if this goes on, delete ${turn}`,
    );
  try {
    await refuseUnlessStale(folder, path);
    await rename(temporary, path);
  } finally {
    await rm(turn, { force: true });
  }
}

async function refuseUnlessStale(folder: string, path: string): Promise<void> {
  const text = (await readIfThere(path))?.toString();
  if (text === undefined) throw new IcicleError(`${folder} was in use until just now: try again`);
  const owner = ownerOf(text);
  if (owner === undefined)
    throw new IcicleError(`${path} does not say who works in the folder: delete it if nobody does`);
  if (owner.host !== hostname() || isRunning(owner.pid))
    throw new IcicleError(
      `${folder} is in use by process ${owner.pid} on ${owner.host}: wait for it to end, stop it, or train into another folder ` +
        `with --runs; if no such run is there any more, delete ${path}`,
    );
}

function ownerOf(text: string): { pid: number; host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(text) as { pid?: unknown; host?: unknown };
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever deleted our lock and put theirs in place keeps it. */
async function removeOwn(path: string, own: string): Promise<void> {
  if ((await readIfThere(path))?.toString() === own)
    await guarded('write', path, () => rm(path, { force: true }));
}

/** A second name for a file; false where the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
