import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IcicleError } from '../core/errors.js';

/**
 * Files are written under a temporary name in the same folder and renamed when they are whole: whoever opens the path
 * finds the old file or the new one, never half of one.
 */
export interface AtomicFile {
  write(data: string | Uint8Array): Promise<void>;
  /** Flushes to disk and gives the file its name. */
  commit(): Promise<void>;
  /** Removes what was written; does nothing after `commit`. */
  abort(): Promise<void>;
}

let counter = 0;

/**
 * Begins a file.
 * @throws IcicleError where the folder is missing, the path is a folder, the user may not write or the disk is full
 */
export async function createAtomic(path: string): Promise<AtomicFile> {
  const target = await destination(path);
  const temporary = target.special ? target.path : `${target.path}.${process.pid}-${counter++}.tmp`;
  const handle = await guarded(path, () => open(temporary, target.special ? 'w' : 'wx'));
  let done = false;
  const abort = async () => {
    if (done) return;
    done = true;
    await handle.close().catch(() => undefined);
    if (!target.special) await rm(temporary, { force: true }).catch(() => undefined);
  };
  const orAbort = async (work: () => Promise<unknown>) => {
    try {
      await guarded(path, work);
    } catch (error) {
      await abort();
      throw error;
    }
  };
  return {
    write: (data) => orAbort(() => writeAll(handle, data)),
    commit: () =>
      orAbort(async () => {
        if (!target.special) await handle.sync();
        await handle.close();
        if (!target.special) await rename(temporary, target.path);
        done = true;
      }),
    abort,
  };
}

/**
 * Writes a whole file beside `path` and renames it.
 * @throws IcicleError as `createAtomic`; nothing is left behind
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const file = await createAtomic(path);
  await file.write(data);
  await file.commit();
}

async function writeAll(handle: FileHandle, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

/** Follows links; devices and pipes (`/dev/null`) are written to directly. */
async function destination(path: string): Promise<{ path: string; special: boolean }> {
  try {
    const real = await realpath(path);
    const entry = await stat(real);
    if (entry.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    return { path: real, special: !entry.isFile() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path, special: false };
    throw explain(path, error);
  }
}

/** Does something with a path; an error of the file system becomes a cause with a way out. */
export async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(path, error);
  }
}

/** The one-line cause of a failed write, with a way out. */
function explain(path: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full: free some space or write elsewhere; nothing was left half-written',
    EDQUOT: 'your disk quota is used up: free some space or write elsewhere; nothing was left half-written',
    EACCES: 'no permission: choose a folder that you may write to',
    EPERM: 'no permission: choose a folder that you may write to',
    EROFS: 'the file system is read-only: choose another folder',
    EISDIR: 'it is a folder: give the name of a file',
    ENOTDIR: `${dirname(path)} is not a folder: give another path`,
    ENOENT: `there is no folder ${dirname(path)}: make it first or give another path`,
    ENAMETOOLONG: 'the name is too long: give a shorter one',
    EIO: 'the device reports an error: write elsewhere',
  };
  const reason = reasons[code];
  return reason === undefined ? error : new IcicleError(`cannot write ${path}: ${reason}`, { cause: error });
}
