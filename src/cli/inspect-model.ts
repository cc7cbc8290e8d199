import type { ShapedArray } from '../core/array.js';
import { usageError } from '../core/errors.js';
import { type AnyModel, countNumbers, type Model } from '../model/model.js';
import { type Column, formatCount, formatTable } from '../report/table.js';
import { openAnyModel } from '../runs/model-folder.js';
import { compiledAgain, inspectState, stateText } from './inspect-state.js';
import { modelFolder } from './package.js';
import type { World } from './world.js';

export interface InspectRequest {
  readonly path: string;
  /** Of the episode that a compiled model is shown. */
  readonly seed: number;
  /** The token that its state is shown at; the last one where absent. */
  readonly token?: number;
  readonly json: boolean;
}

/**
 * Tells what a model is; of a compiled one also what it computes, by named rows.
 * @throws IcicleError where there is none, its files are not whole, or it has no such token
 */
export async function inspectModel({ path, seed, token, json }: InspectRequest, world: World): Promise<void> {
  const model = await openAnyModel(modelFolder(path));
  if (model.provenance.kind !== 'compiled') {
    if (token !== undefined)
      throw usageError(
        `--token is for compiled models, whose rows have names: ${model.name} is ${model.provenance.kind}; leave it away`,
      );
    await world.out(json ? `${JSON.stringify(document(model))}\n` : text(model));
    return;
  }
  const compiled = compiledAgain(model as Model);
  if (typeof compiled === 'string') {
    await world.out(
      json
        ? `${JSON.stringify({ ...document(model), state: null, why: compiled })}\n`
        : `${text(model)}\nIts state has no names here: ${compiled}.\n`,
    );
    return;
  }
  const state = await inspectState(compiled, seed, token);
  await world.out(
    json
      ? `${JSON.stringify({ ...document(model), state })}\n`
      : `${text(model)}\n${stateText(state, compiled)}`,
  );
}

function document({ parameters, ...rest }: AnyModel) {
  const shapes = Object.fromEntries(Object.entries(parameters).map(([name, { shape }]) => [name, shape]));
  return { ...rest, parameters: countNumbers(parameters), shapes };
}

function text(model: AnyModel): string {
  const { name, config, parameters, provenance, hash } = model;
  const options = Object.entries(config).map(([key, value]) => `  ${key.padEnd(12)}${value}`);
  const columns: Column[] = [
    { header: 'parameter', longest: Number.POSITIVE_INFINITY },
    { header: 'shape' },
    { header: 'numbers', kind: 'count' },
    { header: 'root mean square', kind: 'number' },
  ];
  const rows = Object.entries(parameters).map(([key, array]) => [
    key,
    array.shape.join(' × '),
    array.data.length,
    rootMeanSquare(array),
  ]);
  const steps = provenance.steps === undefined ? '' : `, ${formatCount(provenance.steps)} steps`;
  return (
    `${name}: ${formatCount(countNumbers(parameters))} parameters, SHA-256 ${hash}\n` +
    `${provenance.kind}${steps}, spec ${provenance.specHash}, seed ${provenance.spec.seed ?? 'none'}\n\nConfig\n${options.join('\n')}\n\n` +
    `${formatTable(columns, rows)}\nSpec\n${JSON.stringify(provenance.spec, null, 2)}\n`
  );
}

const rootMeanSquare = ({ data }: ShapedArray): number => {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum / data.length);
};
