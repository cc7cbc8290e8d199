import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { type ShapedArray, sizeOf } from '../core/array.js';
import { IcicleError, unsupported } from '../core/errors.js';
import { canonicalJson, hashBytes, parseSpec } from '../core/spec.js';
import { toOnnx } from '../graph/onnx.js';
import { type TransformerConfig, transformerConfig } from './config.js';
import { inferenceGraph } from './frozen.js';
import { isDouble, type Parameters, parameterShapes } from './parameters.js';
import { fromSafetensors, toSafetensors } from './safetensors.js';
import { type TableConfig, tableConfig } from './table/config.js';
import { tableShapes } from './table/parameters.js';

/** A transformer as data: what it is, its weights, and where they come from. */
export interface Model<Config = TransformerConfig> {
  readonly name: string;
  readonly config: Config;
  readonly parameters: Parameters;
  readonly provenance: Provenance;
  /** SHA-256 of the config and the weights, see `modelHash`. */
  readonly hash: string;
}

export type AnyModel = Model<TransformerConfig> | Model<TableConfig>;

const provenance = z.strictObject({
  kind: z.enum(['trained', 'compiled']),
  /** Hash of the spec that made it, and the spec itself. */
  specHash: z.string(),
  spec: z.record(z.string(), z.unknown()),
  /** Steps of training. */
  steps: z.int().min(0).optional(),
});
export type Provenance = z.output<typeof provenance>;

/** What differs between kinds of models. */
interface Kind<Config> {
  readonly config: z.ZodType<Config>;
  shapes(config: Config): Readonly<Record<string, readonly number[]>>;
  /** As an ONNX file for other programs, where there is one: not of float64 weights. */
  onnx?(name: string, hash: string, config: Config, parameters: Parameters): Uint8Array;
}

const inContext: Kind<TransformerConfig> = {
  config: transformerConfig,
  shapes: parameterShapes,
  onnx: (name, hash, config, parameters) =>
    toOnnx(inferenceGraph(config, config.points, parameters), {
      metadata: {
        name,
        hash,
        inputs: 'x [E,K,D], y [E,K]',
        outputs: 'predictions [E,K]: label k from points before k',
      },
    }),
};

const ofTables: Kind<TableConfig> = { config: tableConfig, shapes: tableShapes };

const description = <Config>(config: z.ZodType<Config>) =>
  z.strictObject({
    format: z.literal('icicle-model-1'),
    name: z.string(),
    parameters: z.int(),
    hash: z.string(),
    config,
    provenance,
  });

/** The files of a model, by name. `model.json` and `model.safetensors` are the model; the ONNX file is for other programs. */
export const MODEL_FILES = ['model.json', 'model.safetensors', 'model.onnx'] as const;
type ModelFile = (typeof MODEL_FILES)[number];
export type ModelFiles = Readonly<Record<Exclude<ModelFile, 'model.onnx'>, Uint8Array>> & {
  readonly 'model.onnx'?: Uint8Array;
};

/** A model and its files, from weights. @throws IcicleError where a weight is missing, misshapen or not finite */
export const makeModel = (
  name: string,
  config: TransformerConfig,
  parameters: Parameters,
  origin: Provenance,
): { model: Model; files: ModelFiles } => make(inContext, name, config, parameters, origin);

/** `makeModel` for a table transformer. @throws as that does */
export const makeTableModel = (
  name: string,
  config: TableConfig,
  parameters: Parameters,
  origin: Provenance,
): { model: Model<TableConfig>; files: ModelFiles } => make(ofTables, name, config, parameters, origin);

function make<Config>(
  kind: Kind<Config>,
  name: string,
  config: Config,
  parameters: Parameters,
  origin: Provenance,
): { model: Model<Config>; files: ModelFiles } {
  checkParameters(name, kind.shapes(config), parameters);
  const weights = toSafetensors({ tensors: parameters, metadata: { format: 'icicle-model-1' } });
  const model: Model<Config> = {
    name,
    config,
    parameters,
    provenance: origin,
    hash: modelHash(config, weights),
  };
  const text = {
    format: 'icicle-model-1',
    name,
    parameters: countNumbers(parameters),
    hash: model.hash,
    config,
    provenance: origin,
  };
  const onnx = isDouble(parameters) ? undefined : kind.onnx?.(name, model.hash, config, parameters);
  return {
    model,
    files: {
      'model.json': new TextEncoder().encode(`${JSON.stringify(text, null, 2)}\n`),
      'model.safetensors': weights,
      ...(onnx === undefined ? {} : { 'model.onnx': onnx }),
    },
  };
}

/**
 * What a model computes, as a SHA-256: of canonical JSON with its config, as `model.json` has it, and the SHA-256 of
 * `model.safetensors`, which holds the weights' names, shapes and bytes.
 */
const modelHash = (config: unknown, weights: Uint8Array): string =>
  hashBytes(utf8ToBytes(canonicalJson({ config, weights: hashBytes(weights) })));

/**
 * The model in two files.
 * @throws IcicleError where a file is cut short or altered, or names and shapes are not those of the config
 */
export function readModel(json: Uint8Array, weights: Uint8Array, what: string): Model {
  if (kindOf(json) === 'table')
    throw unsupported('model', what, 'it is a table transformer; name a model of in-context regression here');
  return read(inContext, json, weights, what);
}

/** Any kind of model, as its config says. @throws as `readModel` does */
export function readAnyModel(json: Uint8Array, weights: Uint8Array, what: string): AnyModel {
  return kindOf(json) === 'table' ? readTableModel(json, weights, what) : readModel(json, weights, what);
}

/** The kind that a `model.json` names; none where it is damaged, which `read` tells. */
function kindOf(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(json)).config?.kind;
  } catch {
    return undefined;
  }
}

/** `readModel` for a table transformer. @throws as that does */
export const readTableModel = (json: Uint8Array, weights: Uint8Array, what: string): Model<TableConfig> =>
  read(ofTables, json, weights, what);

function read<Config>(
  kind: Kind<Config>,
  json: Uint8Array,
  weights: Uint8Array,
  what: string,
): Model<Config> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(json));
  } catch {
    throw new IcicleError(
      `${what}/model.json is damaged: it is no JSON; get the model again or train it again`,
    );
  }
  const described = parseSpec(`${what}/model.json`, description(kind.config), parsed);
  const { name, config, provenance: origin, hash } = described;
  const { tensors } = fromSafetensors(weights, `${what}/model.safetensors`);
  // The config as it was written: a key that a later version adds, with its default, changes no hash.
  const actual = modelHash((parsed as { config: unknown }).config, weights);
  if (actual !== hash)
    throw new IcicleError(
      `${what}: model.json or model.safetensors was altered: the SHA-256 of config and weights is ` +
        `${actual.slice(0, 12)}…, model.json says ${hash.slice(0, 12)}…; get the model again or train it again`,
    );
  checkParameters(what, kind.shapes(config), tensors);
  const numbers = countNumbers(tensors);
  if (numbers !== described.parameters)
    throw new IcicleError(
      `${what}/model.json was altered: it says ${described.parameters} parameters, the weights are ${numbers}; ` +
        'get the model again or train it again',
    );
  return { name, config, parameters: tensors, provenance: origin, hash };
}

function checkParameters(
  what: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  parameters: Parameters,
): void {
  const wrong: string[] = [];
  for (const [name, shape] of Object.entries(shapes)) {
    const found: ShapedArray | undefined = parameters[name];
    if (found === undefined) wrong.push(`"${name}" is missing`);
    else if (found.shape.join() !== shape.join())
      wrong.push(`"${name}" is [${found.shape}], expected [${shape}]`);
    else if (!found.data.every(Number.isFinite)) wrong.push(`"${name}" holds numbers that are not finite`);
  }
  for (const name of Object.keys(parameters))
    if (!Object.hasOwn(shapes, name)) wrong.push(`"${name}" is not one of its parameters`);
  if (wrong.length > 0)
    throw new IcicleError(`${what}: the weights do not fit the config: ${wrong.join('; ')}`);
}

/** How many numbers a model has learned. */
export const countNumbers = (parameters: Parameters): number =>
  Object.values(parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
