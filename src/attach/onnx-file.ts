import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { IcicleError, invalid, unknown, unsupported } from '../core/errors.js';

export interface EncoderFileOptions {
  /** Which output of the encoder is the vector; not needed where there is one. */
  readonly output?: string;
  /**
   * What becomes of an output of three axes [inputs,tokens,width]: the `mean` over tokens (those with attention_mask 1, where the
   * encoder has such an input) or the `first` token. Default `mean`. Other outputs are laid out as one vector.
   */
  readonly pool?: 'mean' | 'first';
}

/** An encoder's file, read. */
export interface EncoderFile {
  readonly model: ModelProto;
  readonly graph: GraphProto;
  /** What is fed to it, without weights. */
  readonly inputs: readonly ValueInfoProto[];
  readonly output: ValueInfoProto;
  readonly pool: 'mean' | 'first';
}

/** The oldest opset in which every op of the layers means what it does today. */
const OLDEST = 13n;

/**
 * Reads an encoder from the bytes of an ONNX file.
 * @throws IcicleError where it is no such file, or not an encoder that takes any number of inputs at once
 */
export function readEncoder(
  bytes: Uint8Array,
  { output, pool = 'mean' }: EncoderFileOptions = {},
): EncoderFile {
  if (pool !== 'mean' && pool !== 'first') throw invalid('pool', pool, 'use mean or first');
  const model = parsed(bytes);
  const { graph } = model;
  if (graph === undefined || graph.output.length === 0)
    throw new IcicleError('the encoder is no ONNX file that computes something; give the file of a network');
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1n;
  if (opset < OLDEST)
    throw unsupported(
      'opset of the encoder',
      Number(opset),
      'the layers need 13 or newer; export the network again, or convert the file with onnx.version_converter',
    );
  if (graph.initializer.some(({ dataLocation }) => dataLocation === DataLocation.EXTERNAL))
    throw unsupported(
      'encoder',
      'weights in a file of their own',
      'save it as one file, as onnx.save does by default',
    );
  const weights = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !weights.has(name));
  for (const value of inputs) {
    const first = dimsOf(value)?.[0];
    if (typeof first === 'number')
      throw unsupported(
        `input "${value.name}" of the encoder`,
        `[${dimsOf(value)}]`,
        'its first axis must be open (any number of inputs at once); export the network with a dynamic batch axis',
      );
  }
  return { model, graph, inputs, output: chosenOutput(graph, output), pool };
}

function parsed(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new IcicleError(
      `the encoder is no ONNX file: ${(cause as Error).message}; give the file of a network`,
      {
        cause,
      },
    );
  }
}

function chosenOutput({ output: outputs }: GraphProto, wanted: string | undefined): ValueInfoProto {
  const names = outputs.map(({ name }) => name);
  if (wanted !== undefined) {
    const found = outputs.find(({ name }) => name === wanted);
    if (found === undefined) throw unknown('output of the encoder', wanted, names, 'outputs');
    return found;
  }
  if (outputs.length > 1)
    throw invalid('encoder', names.join(', '), 'it has several outputs; say which is the vector');
  return outputs[0]!;
}

/** The axes of a value, with `undefined` for one without a name; none where the file does not say. */
export function dimsOf(value: ValueInfoProto): (number | string | undefined)[] | undefined {
  const type = value.type?.value;
  if (type?.case !== 'tensorType') return undefined;
  return type.value.shape?.dim.map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : value.case === 'dimParam' ? value.value : undefined,
  );
}

export const typeOf = (value: ValueInfoProto): number =>
  value.type?.value.case === 'tensorType' ? value.type.value.value.elemType : 0;

/** Every name that a graph gives to values, with the graphs inside it. */
function rename(graph: GraphProto, to: (name: string) => string): GraphProto {
  const name = (value: string) => (value === '' ? '' : to(value));
  const named = <T extends { readonly name: string }>(value: T): T => ({ ...value, name: name(value.name) });
  return {
    ...graph,
    input: graph.input.map(named),
    output: graph.output.map(named),
    valueInfo: graph.valueInfo.map(named),
    initializer: graph.initializer.map(named),
    sparseInitializer: graph.sparseInitializer.map((sparse) => ({
      ...sparse,
      ...(sparse.values === undefined ? {} : { values: named(sparse.values) }),
    })),
    quantizationAnnotation: [],
    node: graph.node.map((node) => ({
      ...node,
      name: name(node.name),
      input: node.input.map(name),
      output: node.output.map(name),
      attribute: node.attribute.map((attribute) => ({
        ...attribute,
        ...(attribute.g === undefined ? {} : { g: rename(attribute.g, to) }),
        graphs: attribute.graphs.map((inner) => rename(inner, to)),
      })),
    })),
  };
}

/** A graph whose values are called `prefix/…`, save those that are given other names. */
export const prefixed = (
  graph: GraphProto,
  prefix: string,
  others: ReadonlyMap<string, string>,
): GraphProto => rename(graph, (name) => others.get(name) ?? `${prefix}/${name}`);

/** What goes into or comes out of a graph. */
export function valueInfo(name: string, elemType: number, dims: readonly (number | string | undefined)[]) {
  const dim = dims.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      ...(typeof size === 'number' && { value: { case: 'dimValue', value: BigInt(size) } as const }),
      ...(typeof size === 'string' && { value: { case: 'dimParam', value: size } as const }),
    }),
  );
  const value = create(TypeProto_TensorSchema, { elemType, shape: create(TensorShapeProtoSchema, { dim }) });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value } }),
  });
}

export function node(
  opType: string,
  input: string[],
  output: string,
  attribute: AttributeProto[] = [],
): NodeProto {
  return create(NodeProtoSchema, { name: `${output}.${opType}`, opType, input, output: [output], attribute });
}

export const whole = (name: string, value: number): AttributeProto =>
  create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });

/** A constant of whole numbers. */
export function integers(name: string, values: readonly bigint[]) {
  return create(TensorProtoSchema, {
    name,
    dims: [BigInt(values.length)],
    dataType: DataType.INT64,
    rawData: new Uint8Array(BigInt64Array.from(values).buffer),
  });
}

/**
 * Nodes that make one vector of real numbers of each input out of the encoder's output.
 * @param from the name of the encoder's output
 * @param mask the name of an attention mask, where there is one
 */
export function pooling(file: EncoderFile, from: string, to: string, mask: string | undefined, type: number) {
  const { output, pool } = file;
  const rank = dimsOf(output)?.length ?? 2;
  if (rank < 2)
    throw unsupported(
      `output "${output.name}" of the encoder`,
      `[${dimsOf(output)}]`,
      'it must have a vector for each input',
    );
  const cast = (name: string, source: string) => node('Cast', [source], name, [whole('to', type)]);
  const at = (name: string) => `${to}/${name}`;
  const nodes = [cast(at('real'), from)];
  const constants = [];
  if (rank === 2) nodes.push(node('Identity', [at('real')], to));
  else if (rank !== 3) {
    constants.push(integers(at('flat'), [0n, -1n]));
    nodes.push(node('Reshape', [at('real'), at('flat')], to));
  } else if (pool === 'first') {
    constants.push(
      create(TensorProtoSchema, {
        name: at('zero'),
        dataType: DataType.INT64,
        rawData: new Uint8Array(BigInt64Array.of(0n).buffer),
      }),
    );
    nodes.push(node('Gather', [at('real'), at('zero')], to, [whole('axis', 1)]));
  } else {
    constants.push(integers(at('one'), [1n]), integers(at('two'), [2n]));
    let summed = at('real');
    if (mask === undefined)
      nodes.push(
        node('Shape', [at('real')], at('shape')),
        node('Slice', [at('shape'), at('one'), at('two')], at('tokens')),
        cast(at('count'), at('tokens')),
      );
    else {
      nodes.push(
        cast(at('mask'), mask),
        node('Unsqueeze', [at('mask'), at('two')], at('weights')),
        node('Mul', [at('real'), at('weights')], at('weighted')),
        node('ReduceSum', [at('weights'), at('one')], at('count'), [whole('keepdims', 0)]),
      );
      summed = at('weighted');
    }
    nodes.push(
      node('ReduceSum', [summed, at('one')], at('sum'), [whole('keepdims', 0)]),
      node('Div', [at('sum'), at('count')], to),
    );
  }
  return { nodes, constants };
}

export const written = (model: ModelProto): Uint8Array => toBinary(ModelProtoSchema, model);
