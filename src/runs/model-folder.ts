import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { missing } from '../core/errors.js';
import {
  type AnyModel,
  type Model,
  type ModelFiles,
  readAnyModel,
  readModel,
  readTableModel,
} from '../model/model.js';
import type { TableConfig } from '../model/table/config.js';
import { guarded } from './file-errors.js';
import { type AtomicFile, createAtomic, readIfThere } from './files.js';

/**
 * Opens a model from its folder.
 * @throws IcicleError where a file is missing (exit code 2), cannot be read, is cut short or altered
 */
export const openModel = (folder: string): Promise<Model> => open(folder, readModel);

/** `openModel` for any kind of model. @throws as that does */
export const openAnyModel = (folder: string): Promise<AnyModel> => open(folder, readAnyModel);

/** `openModel` for a table transformer. @throws as that does */
export const openTableModel = (folder: string): Promise<Model<TableConfig>> => open(folder, readTableModel);

async function open<M>(
  folder: string,
  readFiles: (json: Uint8Array, weights: Uint8Array, what: string) => M,
): Promise<M> {
  const read = async (file: string): Promise<Uint8Array> => {
    const bytes = await readIfThere(join(folder, file));
    if (bytes === undefined)
      throw missing(`${file} in ${folder}`, 'a model is a folder with model.json and model.safetensors');
    return bytes;
  };
  return readFiles(await read('model.json'), await read('model.safetensors'), folder);
}

/** `model.json` comes last: it holds the hash of the weights, so that a mixture of two models is refused and not opened. */
const ORDER = ['model.onnx', 'model.safetensors', 'model.json'] as const;

/**
 * Writes a model's files into a folder, which is made where it is not there; other files in it stay. All are on disk
 * before the first is renamed: what fails on the way leaves the model that was there.
 * @throws IcicleError where the folder cannot be written to
 */
export async function writeModel(folder: string, files: ModelFiles): Promise<void> {
  await guarded('write', folder, () => mkdir(folder, { recursive: true }));
  const begun: AtomicFile[] = [];
  try {
    for (const name of ORDER) {
      const bytes = files[name];
      if (bytes === undefined) continue;
      const file = await createAtomic(join(folder, name));
      begun.push(file);
      await file.write(bytes);
    }
    for (const file of begun) await file.commit();
  } finally {
    for (const file of begun) await file.abort();
  }
}
