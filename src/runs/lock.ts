import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IcicleError } from '../core/errors.js';

/**
 * Makes a run folder this process's own until `release`. A lock whose process is gone (killed, machine restarted) is
 * taken over.
 * @throws IcicleError where another process works in the folder
 */
export async function lock(folder: string): Promise<{ release(): Promise<void> }> {
  const path = join(folder, 'lock');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid}\n`);
      await file.close();
      return { release: () => rm(path, { force: true }) };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const owner = Number(await readFile(path, 'utf8').catch(() => ''));
      if (owner > 0 && owner !== process.pid && isRunning(owner))
        throw new IcicleError(
          `${folder} is in use by process ${owner}: wait for it to end, stop it, or train into another folder with --runs`,
        );
      await rm(path, { force: true });
    }
  }
  throw new IcicleError(`${folder} is in use: another process took it at the same moment; try again`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
