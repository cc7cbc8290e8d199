import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { simplify } from './rewrite.js';
import { exactText } from './signature.js';
import { type Graph, isConstant, isInput, type Tensor, topological, type Value } from './tensor.js';

export interface OnnxOptions {
  readonly precision?: 'float32' | 'float64';
  /** Written into the file: what the model is, where it comes from. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A graph as the bytes of an ONNX file (IR 10, opset 23), simplified first. Real numbers become float32 unless asked
 * otherwise; open axes keep their names.
 * @throws IcicleError where two inputs, or an input and an output, have the same name
 */
export function toOnnx(
  source: Graph,
  { precision = 'float32', metadata = {} }: OnnxOptions = {},
): Uint8Array {
  const { inputs, outputs } = simplify(source);
  const names = new Map<Tensor, string>();
  // A graph input may also be an output, and one tensor may be two outputs: those pass through an Identity.
  const direct = new Map<Tensor, string>();
  for (const [name, tensor] of Object.entries(outputs))
    if (!direct.has(tensor) && !isInput(tensor) && !isConstant(tensor)) direct.set(tensor, name);
  for (const [name, tensor] of Object.entries(inputs)) names.set(tensor, name);

  const nodes = [];
  const initialisers = [];
  const integers = new Map<string, string>();
  const order = topological(Object.values(outputs));
  const used = new Set(order.flatMap((node) => node.inputs));
  for (const [index, node] of order.entries()) {
    if (isInput(node.outputs[0]!)) continue;
    const nodeName = node.label ?? `${node.op.name}_${index}`;
    for (const [i, out] of node.outputs.entries())
      names.set(out, direct.get(out) ?? `${nodeName}#${index}.${i}`);
    if (isConstant(node.outputs[0]!)) {
      initialisers.push(realTensor(names.get(node.outputs[0]!)!, node.attributes, precision));
      continue;
    }
    const { extra = [], attributes = {} } = node.op.onnx?.(node) ?? {};
    const extraNames = extra.map((value) => {
      const key = exactText(value);
      const known = integers.get(key);
      if (known !== undefined) return known;
      const name = `extra.${integers.size}`;
      integers.set(key, name);
      initialisers.push(
        'real' in value
          ? realTensor(name, { shape: [], data: Float64Array.of(value.real) }, precision)
          : integerTensor(name, value),
      );
      return name;
    });
    // Outputs that nobody reads are left out, as ONNX allows for trailing ones.
    const read = node.outputs.map((out) => (used.has(out) || direct.has(out) ? names.get(out)! : ''));
    while (read.at(-1) === '') read.pop();
    nodes.push(
      create(NodeProtoSchema, {
        name: `${nodeName}#${index}`,
        opType: node.op.name,
        input: [...node.inputs.map((x) => names.get(x)!), ...extraNames],
        output: node.op.name === 'Split' ? node.outputs.map((out) => names.get(out)!) : read,
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
  }
  for (const [name, tensor] of Object.entries(outputs))
    if (direct.get(tensor) !== name)
      nodes.push(
        create(NodeProtoSchema, {
          name: `output.${name}`,
          opType: 'Identity',
          input: [names.get(tensor)!],
          output: [name],
        }),
      );

  const describe = (record: Graph['inputs']) =>
    Object.entries(record).map(([name, tensor]) => valueInfo(name, tensor, precision));
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: 'icicle',
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: 23n })],
    metadataProps: Object.entries(metadata).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    graph: create(GraphProtoSchema, {
      name: 'icicle',
      node: nodes,
      initializer: initialisers,
      input: describe(inputs),
      output: describe(outputs),
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

function attribute(name: string, value: number | string | readonly number[] | { readonly float: number }) {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, {
      name,
      type: AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  if ('float' in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}

function realTensor(name: string, { shape, data }: Value, precision: 'float32' | 'float64') {
  const numbers = precision === 'float32' ? new Float32Array(data) : data;
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: precision === 'float32' ? DataType.FLOAT : DataType.DOUBLE,
    rawData: new Uint8Array(numbers.buffer as ArrayBuffer, numbers.byteOffset, numbers.byteLength),
  });
}

function integerTensor(name: string, values: readonly number[]) {
  return create(TensorProtoSchema, {
    name,
    dims: [BigInt(values.length)],
    dataType: DataType.INT64,
    rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
  });
}

function valueInfo(name: string, { shape, dtype }: Tensor, precision: 'float32' | 'float64') {
  const elemType =
    dtype === 'bool' ? DataType.BOOL : precision === 'float32' ? DataType.FLOAT : DataType.DOUBLE;
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === 'number'
          ? { case: 'dimValue', value: BigInt(size) }
          : { case: 'dimParam', value: size },
    }),
  );
  const tensorType = create(TypeProto_TensorSchema, {
    elemType,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensorType } }),
  });
}
