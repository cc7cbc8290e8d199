import { describe, expect, it } from 'vitest';
import { type ShapedArray, sizeOf } from '../../core/array.js';
import { permutation, random } from '../../core/random.js';
import type { Engine } from '../../engine/engine.js';
import { nodeEngine } from '../../engine/node.js';
import { slow } from '../../engine/slow.js';
import { gradients } from '../../graph/gradients.js';
import { graph, input } from '../../graph/tensor.js';
import { relativeError } from '../../testing/compare.js';
import { type TableConfig, tableConfig } from './config.js';
import { crossEntropy, pinball } from './loss.js';
import { featuresOf, initialiseTable, tableShapes } from './parameters.js';
import { classProbabilities, quantilesOf, tableForward } from './transformer.js';

const [B, R, N, C, K] = [2, 7, 4, 5, 3];
const tiny = { width: 8, layers: 2, heads: 2, thinking: 2, codes: 4, quantiles: 7 };

type Feeds = Record<string, ShapedArray>;

/** Some tables: values, codes of classes, one-hot labels and truths, numbers. */
function tables(config: TableConfig, seed = 1): Feeds {
  const stream = random(seed, 'tables');
  const array = (shape: number[], draw: () => number): ShapedArray => ({
    shape,
    data: Float64Array.from({ length: sizeOf(shape) }, draw),
  });
  const oneHot = (rows: number) => {
    const made = array([B, rows, K], () => 0);
    for (let i = 0; i < B * rows; i++) made.data[i * K + stream.integer(K)] = 1;
    return made;
  };
  const codes = array([B, K, config.codes], () => stream.normal());
  const labelled = oneHot(N);
  const labels = array([B, N, config.codes], () => 0);
  for (let i = 0; i < B * N; i++) {
    const k = labelled.data.subarray(i * K, (i + 1) * K).indexOf(1);
    const from = (Math.floor(i / N) * K + k) * config.codes;
    labels.data.set(codes.data.subarray(from, from + config.codes), i * config.codes);
  }
  return {
    cells: array([B, R, C, featuresOf(config)], () => stream.normal()),
    labels,
    numbers: array([B, N, 1], () => stream.normal()),
    codes,
    absent: array([B, K], () => 0),
    labelled,
    truth: oneHot(R - N),
    answers: array([B, R - N, 1], () => stream.normal()),
  };
}

async function run(config: TableConfig, feeds: Feeds, engine: Engine = slow, withGradients = false) {
  const parameters = initialiseTable(config, 3);
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape }]) => [name, input(name, shape)]),
  );
  const at = (name: string) => inputs[name]!;
  const weights = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [name, input(`parameters/${name}`, shape)]),
  );
  const classes = tableForward(config, weights, { cells: at('cells'), labels: at('labels') });
  const numbers = tableForward(config, weights, { cells: at('cells'), labels: at('numbers') });
  const probabilities = classProbabilities(config, weights, classes, {
    codes: at('codes'),
    absent: at('absent'),
    labelled: at('labelled'),
  });
  const quantiles = quantilesOf(config, weights, numbers);
  const losses = [
    crossEntropy(probabilities, at('truth')),
    pinball(config, quantiles, at('answers')),
  ] as const;
  const names = withGradients ? Object.keys(weights) : [];
  const slopes = losses.map((loss) =>
    gradients(
      loss,
      names.map((name) => weights[name]!),
    ),
  );
  const program = await engine.compile(
    graph({
      probabilities,
      quantiles,
      entropy: losses[0],
      pinball: losses[1],
      ...Object.fromEntries(
        names.flatMap((name, i) => [0, 1].map((of) => [`${of}/${name}`, slopes[of]![i]!])),
      ),
    }),
  );
  const results = await program.run({
    ...feeds,
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`parameters/${name}`, value])),
  });
  await program.release();
  return results;
}

/** Takes entries of an axis 1 array in another order. */
function reordered({ shape, data }: ShapedArray, order: readonly number[]): ShapedArray {
  const [b, length] = shape as [number, number];
  const inner = sizeOf(shape) / (b * length);
  const moved = Float64Array.from(data);
  for (let i = 0; i < b; i++)
    order.forEach((from, to) => {
      moved.set(
        data.subarray((i * length + from) * inner, (i * length + from + 1) * inner),
        (i * length + to) * inner,
      );
    });
  return { shape, data: moved };
}

describe.each(['codes', 'retrieval'] as const)('a table transformer with the decoder %s', (decoder) => {
  const config = tableConfig.parse({ ...tiny, decoder });

  it('gives the same on ONNX Runtime as in float64: predictions, losses, gradients', async () => {
    const feeds = tables(config);
    const [exact, fast] = [
      await run(config, feeds, slow, true),
      await run(config, feeds, nodeEngine({ threads: 1 }), true),
    ];
    for (const [name, { data }] of Object.entries(exact)) {
      if (name.endsWith('key.bias')) continue; // A softmax does not change with it: its gradient is rounding.
      if (data.every((value) => Math.abs(value) < 1e-12)) continue;
      expect(relativeError(fast[name]!.data, data), name).toBeLessThan(1e-4);
    }
  });

  it('gives probabilities that sum to 1 and quantiles that ascend', async () => {
    const { probabilities, quantiles } = await run(config, tables(config));
    for (let i = 0; i < B * (R - N); i++) {
      const sum = Array.from({ length: K }, (_, k) => probabilities!.data[i * K + k]!).reduce(
        (a, b) => a + b,
      );
      expect(sum).toBeCloseTo(1, 10);
      for (let q = 1; q < 7; q++)
        expect(quantiles!.data[i * 7 + q]!).toBeGreaterThan(quantiles!.data[i * 7 + q - 1]!);
    }
  });

  it('does not depend on the order of the labelled rows', async () => {
    const feeds = tables(config);
    const order = permutation(N, random(5, 'order'));
    const all = [...order, ...Array.from({ length: R - N }, (_, i) => N + i)];
    const moved: Feeds = { ...feeds };
    moved.cells = reordered(feeds.cells!, all);
    for (const name of ['labels', 'numbers', 'labelled']) moved[name] = reordered(feeds[name]!, order);
    const [a, b] = [await run(config, feeds), await run(config, moved)];
    expect(relativeError(b.probabilities!.data, a.probabilities!.data)).toBeLessThan(1e-10);
    expect(relativeError(b.quantiles!.data, a.quantiles!.data)).toBeLessThan(1e-10);
  });

  it('answers each asked row as if it were alone', async () => {
    const feeds = tables(config);
    const others: Feeds = {
      ...feeds,
      cells: { shape: feeds.cells!.shape, data: Float64Array.from(feeds.cells!.data) },
    };
    const row = C * featuresOf(config);
    for (let b = 0; b < B; b++)
      for (let i = (N + 1) * row; i < R * row; i++) others.cells!.data[b * R * row + i]! *= 3;
    const [a, b] = [await run(config, feeds), await run(config, others)];
    for (let i = 0; i < B; i++) {
      const first = i * (R - N) * K;
      for (let k = 0; k < K; k++)
        expect(b.probabilities!.data[first + k]).toBeCloseTo(a.probabilities!.data[first + k]!, 12);
    }
  });

  it('names classes by their codes: renamed, they have the same probabilities', async () => {
    const feeds = tables(config);
    const order = [2, 0, 1];
    const moved: Feeds = { ...feeds, codes: reordered(feeds.codes!, order) };
    const [, , k] = feeds.labelled!.shape as [number, number, number];
    const columns = ({ shape, data }: ShapedArray): ShapedArray => ({
      shape,
      data: Float64Array.from(data, (_, i) => data[i - (i % k) + order[i % k]!]!),
    });
    moved.labelled = columns(feeds.labelled!);
    const [a, b] = [await run(config, feeds), await run(config, moved)];
    expect(relativeError(b.probabilities!.data, columns(a.probabilities!).data)).toBeLessThan(1e-10);
  });
});

describe('the parameters of a table transformer', () => {
  it('are all of their shapes, and about a million by default', () => {
    const config = tableConfig.parse({});
    const made = initialiseTable(config, 1);
    const shapes = tableShapes(config);
    expect(Object.keys(made)).toEqual(Object.keys(shapes));
    const count = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
    expect(count).toBeGreaterThan(900_000);
    expect(count).toBeLessThan(1_100_000);
  });

  it('pinball loss is least at the quantiles of what is asked', async () => {
    const config = tableConfig.parse({ ...tiny, quantiles: 3 });
    // Of 0…100 uniformly, the levels 1/6, 1/2, 5/6 lie at 100/6, 50, 500/6.
    const answers = Float64Array.from({ length: 101 }, (_, i) => i);
    const lossAt = async (quantiles: number[]) => {
      const q = input('q', [1, 1, 3]);
      const y = input('y', [1, 101, 1]);
      const program = await slow.compile(graph({ loss: pinball(config, q, y) }));
      const { loss } = await program.run({
        q: { shape: [1, 1, 3], data: Float64Array.from(quantiles) },
        y: { shape: [1, 101, 1], data: answers },
      });
      return loss!.data[0]!;
    };
    const best = await lossAt([100 / 6, 50, 500 / 6]);
    for (const i of [0, 1, 2])
      for (const by of [-2, 2])
        expect(
          await lossAt([100 / 6, 50, 500 / 6].map((value, at) => (at === i ? value + by : value))),
        ).toBeGreaterThan(best);
  });
});
