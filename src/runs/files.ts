import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { guarded, isAbsent } from './file-errors.js';

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

/** Ends a temporary name: eight random digits, so that no leftover of a killed process is ever in the way. */
const temporaryName = /\.[0-9a-f]{8}\.tmp$/;

/**
 * Begins a file.
 * @throws IcicleError where the folder is missing, the path is a folder, the user may not write or the disk is full
 */
export async function createAtomic(path: string): Promise<AtomicFile> {
  const target = await destination(path);
  const temporary = target.special ? target.path : `${target.path}.${randomUUID().slice(0, 8)}.tmp`;
  const handle = await guarded('write', path, () => open(temporary, target.special ? 'w' : 'wx'));
  let done = false;
  const abort = async () => {
    if (done) return;
    done = true;
    await handle.close().catch(() => undefined);
    if (!target.special) await rm(temporary, { force: true }).catch(() => undefined);
  };
  const orAbort = async (work: () => Promise<unknown>) => {
    try {
      await guarded('write', path, work);
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
        if (!target.special) await syncFolder(dirname(target.path));
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

/** The bytes of a file; undefined where there is none. @throws IcicleError where it is there but cannot be read */
export function readIfThere(path: string): Promise<Buffer | undefined> {
  return guarded('read', path, () =>
    readFile(path).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw error;
    }),
  );
}

/** Removes what killed processes left half-written in a folder. Only for a folder that nobody else writes to now. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (temporaryName.test(name)) await rm(join(folder, name), { force: true }).catch(() => undefined);
}

async function writeAll(handle: FileHandle, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

/** Makes a rename outlast a power cut. Some systems do not open folders for that: then it lasts as well as they do it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close().catch(() => undefined);
}

/** Follows links; devices and pipes (`/dev/null`) are written to directly. */
function destination(path: string): Promise<{ path: string; special: boolean }> {
  return guarded('write', path, async () => {
    const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (real === undefined) return { path, special: false };
    const entry = await stat(real);
    if (entry.isDirectory())
      throw Object.assign(new Error('is a directory'), { code: 'EISDIR', syscall: 'open' });
    return { path: real, special: !entry.isFile() };
  });
}
