import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  TensorProto_DataType as DataType,
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
} from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { nodeEngine, openOnnx } from '../engine/node.js';
import { slow } from '../engine/slow.js';
import { constant, graph, input, ops, toOnnx } from '../graph/index.js';
import { relativeError } from '../testing/compare.js';
import { attach } from './attach.js';
import { asTheyAre, drawn } from './data.test.helper.js';
import { layers } from './layers.js';
import { attachOnnx } from './merge.js';
import { onnxEncoder } from './onnx-encoder.js';
import { node, valueInfo, whole } from './onnx-file.js';

const [PIXELS, WIDTH] = [6, 24];

/** A frozen network of random weights, as a file. */
function network(batch: number | string = 'batch'): Uint8Array {
  const stream = random(1, 'network');
  const weights = constant(Float64Array.from({ length: PIXELS * WIDTH }, stream.normal), [PIXELS, WIDTH]);
  return toOnnx(graph({ features: ops.tanh(ops.matmul(input('pixels', [batch, PIXELS]), weights)) }));
}

const { vectors, labels, queries } = drawn({ rows: 30, width: PIXELS, outputs: 3, queries: 8 }, 2);
const named = labels.map((row) => 'abc'[row.indexOf(Math.max(...row))]!);
const flat = (rows: readonly ArrayLike<number>[]) => ({
  shape: [rows.length, rows[0]!.length],
  data: Float32Array.from(rows.flatMap((row) => Array.from(row))),
});
const oneHot = (classes: readonly string[]) =>
  named.map((label) => classes.map((name) => (name === label ? 1 : 0)));

describe('the two layers as a graph', () => {
  const feeds = { examples: flat(vectors), queries: flat(queries), labels: flat(labels) };
  it.each([
    { lambda: 'leave-one-out', intercept: true, unit: false },
    { lambda: 'leave-one-out', intercept: false, unit: true },
    { lambda: 0.8, intercept: true, unit: true },
  ] as const)('λ $lambda, constant $intercept, unit $unit: the numbers of the library', async (options) => {
    const task = await attach(asTheyAre, { task: 'numbers', ...options }).context(
      vectors.map((row) => Float64Array.from(Float32Array.from(row))),
      labels.map((row) => Array.from(Float32Array.from(row))),
    );
    const expected = await task.predict(queries.map((row) => Float64Array.from(Float32Array.from(row))));
    const engines = [
      [nodeEngine({ precision: 'float64', threads: 1 }), 'float64', 1e-8],
      // λ is not below 1e-4 of the trace there, and chosen among fewer.
      [nodeEngine({ threads: 1 }), 'float32', 2e-3],
      // The whole grid takes the slow evaluator half a minute.
      ...(options.lambda === 'leave-one-out' ? [] : [[slow, 'float64', 1e-8] as const]),
    ] as const;
    for (const [engine, precision, tolerance] of engines) {
      const program = await engine.compile(
        layers({ task: 'numbers', solver: 'ridge', precision, ...options }),
      );
      const { predictions, known, lambda } = await program.run(feeds);
      await program.release();
      const values = expected.flatMap((prediction) => prediction.values);
      expect(relativeError(predictions!.data, values)).toBeLessThan(tolerance);
      expect(
        relativeError(
          known!.data,
          expected.map((prediction) => prediction.known),
        ),
      ).toBeLessThan(10 * tolerance);
      if (precision === 'float64') expect(lambda!.data[0]! / task.lambda).toBeCloseTo(1, 6);
    }
  });

  it.each([true, false])('knows what it cannot know, constant %s', async (intercept) => {
    const program = await nodeEngine({ threads: 1 }).compile(
      layers({
        task: 'classes',
        solver: 'ridge',
        lambda: 'leave-one-out',
        intercept,
        unit: false,
        precision: 'float32',
      }),
    );
    const { known } = await program.run({
      examples: flat([[1, 0, 0, 0], [0, 1, 0, 0], intercept ? [0, 0, 1, 0] : [0, 0.5, 0.5, 0]]),
      labels: flat([
        [1, 0],
        [0, 1],
        [0, 1],
      ]),
      queries: flat([
        [1, 0, 0, 0],
        [0, 0, 0, 2],
      ]),
    });
    expect(known!.data[0]).toBeGreaterThan(0.1);
    expect(known!.data[1]).toBeLessThan(1e-6);
    const line = await program.run({
      examples: flat([[0], [1], [2], [3], [4]]),
      labels: flat([1, 1, 0, 0, 0].map((one) => [one, 1 - one])),
      queries: flat([[0], [1]]),
    });
    await program.release();
    // A constant says what is at 0.
    expect(line.known!.data[0]! > 0.5).toBe(intercept);
    expect(line.known!.data[1]).toBeGreaterThan(0.5);
  });
});

describe('one file of encoder and layers', () => {
  it.each([
    ['classes', 'ridge'],
    ['classes', 'logistic'],
    ['numbers', 'ridge'],
  ] as const)('%s by %s: agrees with the library', async (kind, solver) => {
    const onnx = network();
    const encoder = await onnxEncoder(onnx, openOnnx);
    const given = kind === 'classes' ? named : labels;
    const learner = attach<ArrayLike<number>, typeof kind>(encoder, { task: kind, solver });
    const task = await learner.context(vectors, given);
    const expected = await task.predict(queries);
    const program = await openOnnx(attachOnnx(onnx, { task: kind, solver }));
    const targets = kind === 'classes' ? oneHot(task.classes) : labels;
    const results = await program.run({
      context: flat(vectors),
      labels: flat(targets),
      queries: flat(queries),
    });
    await program.release();
    await encoder.release();
    const values = expected.flatMap((one) =>
      'values' in one ? [...one.values] : task.classes.map((name) => one.probabilities[name]!),
    );
    expect(results.predictions!.shape).toEqual([8, 3]);
    expect(relativeError(results.predictions!.data, values)).toBeLessThan(1e-4);
    expect(Object.keys(results).sort()).toEqual(
      ['known', 'lambda', 'predictions', kind === 'classes' ? 'scores' : 'spread'].sort(),
    );
  });

  it.each([
    { lambda: 'leave-one-out', intercept: true, precision: 'float64', off: 1e-6 },
    { lambda: 'leave-one-out', intercept: false, precision: 'float64', off: 1e-6 },
    { lambda: 'leave-one-out', intercept: true, precision: 'float32', off: 1e-5 },
    // Little to hold the logits back, where classes lie apart: the last steps have to do more.
    { lambda: 0.05, intercept: true, precision: 'float64', off: 1e-4 },
    { lambda: 1e-3, intercept: true, precision: 'float64', off: 1e-4 },
    { lambda: 2, intercept: false, precision: 'float32', off: 1e-4 },
  ] as const)(
    'logistic regression, $lambda, constant $intercept, $precision: the library’s',
    async (options) => {
      const { off, precision, ...shared } = options;
      const rounded = (rows: readonly Float64Array[]) =>
        rows.map((row) => Float64Array.from(Float32Array.from(row)));
      const task = await attach(asTheyAre, { task: 'classes', ...shared }).context(rounded(vectors), named);
      const expected = await task.predict(rounded(queries));
      const pixels = input('pixels', ['batch', PIXELS]);
      const passed = toOnnx(graph({ features: ops.mul(pixels, 1) }));
      const program = await openOnnx(attachOnnx(passed, { task: 'classes', precision, ...shared }));
      // With a constant, nothing but its share is known of a class without an example.
      const empty = oneHot(task.classes).map((row) => [...row, 0]);
      const feeds = { context: flat(vectors), queries: flat(queries) };
      const results = await program.run({ ...feeds, labels: flat(oneHot(task.classes)) });
      const wider = await program.run({ ...feeds, labels: flat(empty) });
      await program.release();
      expect(results.lambda!.data[0]! / task.lambda).toBeCloseTo(1, 5);
      expected.forEach(({ probabilities }, i) => {
        task.classes.forEach((name, k) => {
          expect(Math.abs(results.predictions!.data[i * 3 + k]! - probabilities[name]!)).toBeLessThan(off);
        });
        if (shared.intercept)
          expect(wider.scores!.data[i * 4 + 3]).toBeCloseTo(Math.log(0.5 / (vectors.length + 0.5)), 4);
      });
      for (const value of wider.predictions!.data) expect(value).toBeGreaterThan(0);
    },
  );

  it('few examples: λ as the library takes it, and as many labels as examples', async () => {
    const task = await attach(asTheyAre, { task: 'classes' }).context(
      vectors.slice(0, 5).map((row) => Float64Array.from(Float32Array.from(row))),
      ['a', 'b', 'a', 'b', 'b'],
    );
    const pixels = input('pixels', ['batch', PIXELS]);
    const program = await openOnnx(
      attachOnnx(toOnnx(graph({ features: ops.mul(pixels, 1) })), { task: 'classes' }),
    );
    const feeds = { context: flat(vectors.slice(0, 5)), queries: flat(queries) };
    const targets = [0, 1, 0, 1, 1].map((k) => [1 - k, k]);
    const { lambda } = await program.run({ ...feeds, labels: flat(targets) });
    expect(lambda!.data[0]! / task.lambda).toBeCloseTo(1, 5);
    for (const other of [targets.slice(1), targets.slice(4), [...targets, ...targets]])
      await expect(program.run({ ...feeds, labels: flat(other) })).rejects.toThrow();
    await program.release();
  });

  it.each(['mean', 'first'] as const)(
    'an encoder of tokens with two inputs, pooled by their %s',
    async (pool) => {
      const onnx = tokens();
      const session = await ort.InferenceSession.create(
        attachOnnx(onnx, { task: 'numbers', lambda: 0.1, pool }),
      );
      const ids = [
        [1, 2, 3],
        [2, 4, 0],
        [5, 1, 1],
        [3, 3, 0],
      ];
      const mask = ids.map((row) => row.map((id) => (id === 0 ? 0 : 1)));
      const long = (rows: readonly (readonly number[])[]) =>
        new ort.Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, 3]);
      const y = [1, -1, 2];
      const { predictions } = await session.run({
        'context.input_ids': long(ids.slice(0, 3)),
        'context.attention_mask': long(mask.slice(0, 3)),
        'queries.input_ids': long(ids.slice(3)),
        'queries.attention_mask': long(mask.slice(3)),
        labels: new ort.Tensor('float32', Float32Array.from(y), [3, 1]),
      });
      await session.release();
      // The encoder gives token t the vector (t, t²).
      const vector = (row: readonly number[]) => {
        const kept = row.filter((id) => id !== 0);
        const over = pool === 'first' ? kept.slice(0, 1) : kept;
        return [1, 2].map((power) => over.reduce((sum, id) => sum + id ** power, 0) / over.length);
      };
      const encode = (rows: readonly (readonly number[])[]) => rows.map(vector);
      const task = await attach(encode, { task: 'numbers', lambda: 0.1 }).context(ids.slice(0, 3), y);
      const [expected] = await task.predict(ids.slice(3));
      expect((predictions!.data as Float32Array)[0]).toBeCloseTo(expected!.value, 4);
    },
  );

  it('refuses what is no encoder of any number of inputs', async () => {
    const task = 'numbers';
    expect(() => attachOnnx(Uint8Array.of(1, 2, 3), { task })).toThrow('the encoder is no ONNX file');
    expect(() => attachOnnx(new Uint8Array(0), { task })).toThrow('no ONNX file that computes something');
    expect(() => attachOnnx(network(4), { task })).toThrow('its first axis must be open');
    expect(() => attachOnnx(network(), { task, output: 'feature' })).toThrow('did you mean "features"?');
    expect(() => attachOnnx(network(), { task, pool: 'last' as never })).toThrow('use mean or first');
    const old = fromBinary(ModelProtoSchema, network());
    old.opsetImport[0]!.version = 11n;
    expect(() => attachOnnx(toBinary(ModelProtoSchema, old), { task })).toThrow(
      'the layers need 13 or newer',
    );
    await expect(onnxEncoder(tokens(), openOnnx)).rejects.toThrow('give attach() a function');
    const encoder = await onnxEncoder(network(), openOnnx);
    await expect(encoder.encode([[1, 2]])).rejects.toThrow('the encoder takes [6], 6 numbers');
    await encoder.release();
  });
});

/** Token ids [batch,tokens] to vectors (t, t²) [batch,tokens,2]; the mask is only there. */
function tokens(): Uint8Array {
  const axes = ['batch', 'tokens'];
  const nodes = [
    node('Cast', ['input_ids'], 'real', [whole('to', DataType.FLOAT)]),
    node('Cast', ['attention_mask'], 'unused', [whole('to', DataType.FLOAT)]),
    node('Mul', ['real', 'real'], 'squares'),
    node('Unsqueeze', ['real', 'axis'], 'a'),
    node('Unsqueeze', ['squares', 'axis'], 'b'),
    node('Concat', ['a', 'b'], 'hidden', [whole('axis', 2)]),
  ];
  const graph = create(GraphProtoSchema, {
    name: 'tokens',
    node: nodes,
    initializer: [{ name: 'axis', dims: [1n], dataType: DataType.INT64, int64Data: [2n] }],
    input: [valueInfo('input_ids', DataType.INT64, axes), valueInfo('attention_mask', DataType.INT64, axes)],
    output: [valueInfo('hidden', DataType.FLOAT, [...axes, 2])],
  });
  const opsetImport = [create(OperatorSetIdProtoSchema, { domain: '', version: 14n })];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
}
