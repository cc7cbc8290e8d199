import type { ShapedArray } from '../core/array.js';
import { type AnyModel, countNumbers } from '../model/model.js';
import { type Column, formatCount, formatTable } from '../report/table.js';
import { openAnyModel } from '../runs/model-folder.js';
import { modelFolder } from './package.js';
import type { World } from './world.js';

/** Tells what a model is. @throws IcicleError where there is none or its files are not whole */
export async function inspectModel(path: string, json: boolean, world: World): Promise<void> {
  const model = await openAnyModel(modelFolder(path));
  await world.out(json ? `${JSON.stringify(document(model))}\n` : text(model));
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
