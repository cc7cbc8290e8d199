import { dirname } from 'node:path';
import { IcicleError } from '../core/errors.js';

/**
 * Does something with a path; an error of the file system becomes a cause with a way out.
 * @throws IcicleError `cannot read <path>: …` or `cannot write <path>: …`; other errors as they are
 */
export async function guarded<T>(doing: 'read' | 'write', path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    const reasons: Record<string, string> = {
      ...either(path),
      ...(doing === 'read' ? reading : writing(path)),
    };
    const reason = reasons[code] ?? `the system reports ${code}: try another place`;
    throw new IcicleError(`cannot ${doing} ${path}: ${reason}`, { cause: error });
  }
}

/** Whether an error says that there is nothing under a path. */
export const isAbsent = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

const either = (path: string) => ({
  EISDIR: 'it is a folder: give the name of a file',
  ENOTDIR: `${dirname(path)} is not a folder: give another path`,
  ENAMETOOLONG: 'the name is too long: give a shorter one',
  EMFILE: 'too many files are open: raise the limit (ulimit -n) and try again',
  ENFILE: 'too many files are open on this machine: end some programs and try again',
  EBUSY: 'another program uses it: end that one and try again',
});

const reading = {
  ENOENT: 'it is not there: give another path',
  EACCES: 'no permission: make it readable first',
  EPERM: 'no permission: make it readable first',
  EIO: 'the device reports an error: restore the file from a copy',
};

const writing = (path: string) => ({
  ENOSPC: 'the disk is full: free some space or write elsewhere',
  EDQUOT: 'your disk quota is used up: free some space or write elsewhere',
  EFBIG: 'it would be larger than files may be here: raise the limit (ulimit -f) or write elsewhere',
  EACCES: 'no permission: choose a folder that you may write to',
  EPERM: 'no permission: choose a folder that you may write to',
  EROFS: 'the file system is read-only: choose another folder',
  ENOENT: `there is no folder ${dirname(path)}: make it first or give another path`,
  EEXIST: 'something else has this name: move it away or give another path',
  ENOTEMPTY: 'a folder with files in it has this name: move it away or give another path',
  EIO: 'the device reports an error: write elsewhere',
});
