import { create, fromBinary } from '@bufbuild/protobuf';
import {
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  StringStringEntryProtoSchema,
} from 'onnx-buf';
import { toOnnx } from '../graph/onnx.js';
import { layers } from './layers.js';
import {
  dimsOf,
  type EncoderFile,
  type EncoderFileOptions,
  integers,
  node,
  pooling,
  prefixed,
  readEncoder,
  typeOf,
  valueInfo,
  whole,
  written,
} from './onnx-file.js';
import { type AttachOptions, checked } from './settings.js';

export interface AttachOnnxOptions
  extends EncoderFileOptions,
    Pick<AttachOptions, 'task' | 'solver' | 'lambda' | 'intercept' | 'unit'> {
  /**
   * What the layers compute in. float64 (default) is within rounding of the library and as fast on a CPU; float32 is for devices
   * that have no other, and takes ridge's λ from 1e-4 (logistic regression: 1e-3) of the
   * kernel's trace on.
   */
  readonly precision?: 'float32' | 'float64';
}

/**
 * One ONNX file of a frozen encoder and the two layers: `context` (inputs of the encoder), `labels` [N,K] (numbers, or ones and
 * zeros of classes) and `queries` (inputs) → `predictions` [M,K] (of classes: probabilities), `known` [M,1], `lambda` [1,1], and
 * `scores` (classes) or `spread` (numbers) [M,K]. An encoder of several inputs has `context.NAME` and `queries.NAME` for each. It
 * keeps the encoder's opset, so that whatever runs the encoder opens the file.
 * @throws IcicleError where an option is not what it can be, or the file is no encoder that takes any number of inputs at once
 */
export function attachOnnx(encoder: Uint8Array, options: AttachOnnxOptions): Uint8Array {
  const { precision = 'float64', output, pool, ...others } = options;
  const settings = checked(others);
  const file = readEncoder(encoder, {
    ...(output === undefined ? {} : { output }),
    ...(pool === undefined ? {} : { pool }),
  });
  const { model, graph, inputs } = file;
  const type = precision === 'float64' ? DataType.DOUBLE : DataType.FLOAT;

  // The encoder reads examples and queries as one batch: its weights and its work are there once.
  const named = (side: string, name: string) => (inputs.length === 1 ? side : `${side}.${name}`);
  const given = (side: string, name: string, first: string) => {
    const value = inputs.find((one) => one.name === name)!;
    return valueInfo(named(side, name), typeOf(value), [first, ...(dimsOf(value) ?? [first]).slice(1)]);
  };
  const joins = inputs.map(({ name }) =>
    node('Concat', [named('context', name), named('queries', name)], `encoder/${name}`, [whole('axis', 0)]),
  );
  const frozen = prefixed(graph, 'encoder', new Map());
  const mask = inputs.find(({ name }) => name === 'attention_mask');
  const pooled = pooling(
    file,
    `encoder/${file.output.name}`,
    'vectors',
    mask === undefined ? undefined : `encoder/${mask.name}`,
    type,
  );

  const solver = fromBinary(ModelProtoSchema, toOnnx(layers({ ...settings, precision }), { precision }))
    .graph!;
  const results = solver.output.map(({ name }) => name);
  const places = new Map([
    ['examples', 'split/examples'],
    ['queries', 'split/queries'],
    ['labels', 'split/labels'],
    ...results.map((name) => [name, `layers/${name}`] as const),
  ]);
  const solving = prefixed(solver, 'layers', places);

  const merged = create(GraphProtoSchema, {
    name: 'icicle',
    docString: graph.docString,
    input: [
      ...inputs.map((value) => given('context', value.name, 'examples')),
      valueInfo('labels', DataType.FLOAT, ['examples', 'outputs']),
      ...inputs.map((value) => given('queries', value.name, 'queries')),
    ],
    output: solver.output.map((value) => valueInfo(value.name, DataType.FLOAT, dimsOf(value)!)),
    initializer: [
      ...frozen.initializer,
      ...pooled.constants,
      ...solving.initializer,
      integers('split/zero', [0n]),
      integers('split/one', [1n]),
      integers('split/end', [2n ** 62n]),
    ],
    sparseInitializer: frozen.sparseInitializer,
    valueInfo: [],
    node: [
      ...joins,
      ...frozen.node,
      ...pooled.nodes,
      // Counted by the examples themselves, so that labels of another number are refused and no query passes for an example.
      node('Shape', [named('context', inputs[0]!.name)], 'split/shape'),
      node('Slice', ['split/shape', 'split/zero', 'split/one'], 'split/count'),
      node('Slice', ['vectors', 'split/zero', 'split/count', 'split/zero'], 'split/examples'),
      node('Slice', ['vectors', 'split/count', 'split/end', 'split/zero'], 'split/queries'),
      node('Cast', ['labels'], 'split/labels', [whole('to', type)]),
      ...solving.node,
      ...results.map((name) => node('Cast', [`layers/${name}`], name, [whole('to', DataType.FLOAT)])),
    ],
  });
  const said = {
    task: settings.task,
    solver: settings.solver,
    lambda: String(settings.lambda),
    precision,
    made: 'icicle attach',
  };
  return written({
    ...model,
    producerName: 'icicle',
    producerVersion: '',
    graph: merged,
    metadataProps: [
      ...model.metadataProps,
      ...Object.entries(said).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key: `icicle.${key}`, value }),
      ),
    ],
  });
}

/** An encoder's own file with `vectors` [inputs,width] in float32 as its one output. */
export function encoderAlone(file: EncoderFile): Uint8Array {
  const { model, graph, inputs, output } = file;
  const mask = inputs.find(({ name }) => name === 'attention_mask');
  const pooled = pooling(
    file,
    `encoder/${output.name}`,
    'vectors',
    mask && `encoder/${mask.name}`,
    DataType.FLOAT,
  );
  const frozen = prefixed(graph, 'encoder', new Map());
  return written({
    ...model,
    graph: {
      ...frozen,
      input: inputs.map((value) => ({ ...value, name: `encoder/${value.name}` })),
      output: [valueInfo('vectors', DataType.FLOAT, ['inputs', 'width'])],
      valueInfo: [],
      initializer: [...frozen.initializer, ...pooled.constants],
      node: [...frozen.node, ...pooled.nodes],
    },
  });
}
