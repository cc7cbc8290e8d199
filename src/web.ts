/** What needs a browser (or its APIs): ONNX Runtime in WASM or on WebGPU, and models by URL. */
import { IcicleError } from './core/errors.js';
import { type WebEngineOptions, webEngine } from './engine/web.js';
import { readTableModel } from './model/model.js';
import { type TabularLearner, tabularLearner } from './tabular/tabular.js';

export { type WebEngineOptions, webEngine } from './engine/web.js';
export type { ContextOptions } from './tabular/context-options.js';
export type { Cell, Rows } from './tabular/memory.js';
export type { ClassPrediction, NumberPrediction, Prediction } from './tabular/prediction.js';
export type { TabularLearner } from './tabular/tabular.js';
export type { TabularTask } from './tabular/tabular-task.js';

/**
 * A frozen model that learns tables, fetched from the folder at a URL; its numbers are those of Node to 1e-5.
 * @param url of the folder with model.json and model.safetensors, such as the package's models/tabular, served by your page
 * @throws IcicleError where a file is not there, is cut short or altered, or holds another kind of model
 */
export async function open(url: string | URL, options: WebEngineOptions = {}): Promise<TabularLearner> {
  const read = async (file: string): Promise<Uint8Array> => {
    const place = new URL(`${String(url).replace(/\/$/, '')}/${file}`, globalThis.location?.href);
    const response = await fetch(place);
    if (!response.ok)
      throw new IcicleError(
        `missing ${file} at ${place}: the server says ${response.status}: serve the model's folder there`,
        { exitCode: 2 },
      );
    return new Uint8Array(await response.arrayBuffer());
  };
  const [json, weights] = await Promise.all([read('model.json'), read('model.safetensors')]);
  return tabularLearner(readTableModel(json, weights, String(url)), webEngine(options));
}
