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
  /** The compiled model that a trained one began with, by whose names its rows are shown. */
  readonly compiled?: string;
  readonly json: boolean;
}

/**
 * Tells what a model is; of a compiled one also what it computes, by named rows.
 * @throws IcicleError where there is none, its files are not whole, or it has no such token
 */
export async function inspectModel(request: InspectRequest, world: World): Promise<void> {
  const { path, seed, token, json } = request;
  const model = await openAnyModel(modelFolder(path));
  const named = request.compiled === undefined ? model : await beginningOf(model, request.compiled);
  if (named.provenance.kind !== 'compiled') {
    if (token !== undefined)
      throw usageError(
        `--token is for compiled models, whose rows have names: ${model.name} is ${model.provenance.kind}; leave it away, or name ` +
          'the compiled model that it began with by --compiled',
      );
    await world.out(json ? `${JSON.stringify(document(model))}\n` : text(model));
    return;
  }
  const again = compiledAgain(named as Model);
  const compiled = typeof again === 'string' ? again : { ...again, model: model as Model };
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

/** @throws IcicleError (exit code 2) where the model did not begin with the weights of this compiled one */
async function beginningOf({ name, provenance }: AnyModel, path: string): Promise<AnyModel> {
  const beginning = await openAnyModel(modelFolder(path));
  const { from } = provenance.spec as { from?: string };
  if (beginning.provenance.kind !== 'compiled')
    throw usageError(`invalid --compiled: ${path}: it is ${beginning.provenance.kind}, not compiled`);
  if (from === beginning.hash) return beginning;
  const random = provenance.kind === 'compiled' ? 'its own program' : 'random weights';
  const began = from === undefined ? random : `a model of SHA-256 ${from.slice(0, 16)}…`;
  throw usageError(
    `invalid --compiled: ${path}, SHA-256 ${beginning.hash.slice(0, 16)}…: ${name} began with ${began}`,
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
