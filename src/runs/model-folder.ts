import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IcicleError } from '../core/errors.js';
import { type Model, type ModelFiles, readModel } from '../model/model.js';
import { guarded, writeFileAtomic } from './files.js';

/** Opens a model from its folder. @throws IcicleError where a file is missing, cut short or altered */
export async function openModel(folder: string): Promise<Model> {
  const read = async (file: string): Promise<Uint8Array> => {
    try {
      return await readFile(join(folder, file));
    } catch (cause) {
      throw new IcicleError(
        `missing ${file} in ${folder}: a model is a folder with model.json and model.safetensors`,
        {
          exitCode: 2,
          cause,
        },
      );
    }
  };
  return readModel(await read('model.json'), await read('model.safetensors'), folder);
}

/** Writes a model's folder under a temporary name and renames it: there is all of it or nothing. */
export async function writeModel(folder: string, files: ModelFiles): Promise<void> {
  const temporary = `${folder}.tmp`;
  await guarded(temporary, async () => {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
  });
  for (const [name, bytes] of Object.entries(files)) await writeFileAtomic(join(temporary, name), bytes);
  await guarded(folder, async () => {
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  });
}
