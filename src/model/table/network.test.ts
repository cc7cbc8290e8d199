import { describe, expect, it } from 'vitest';
import type { ShapedArray } from '../../core/array.js';
import { sizeOf } from '../../core/array.js';
import { random } from '../../core/random.js';
import type { Engine } from '../../engine/engine.js';
import { nodeEngine } from '../../engine/node.js';
import { slow } from '../../engine/slow.js';
import { graph, input } from '../../graph/tensor.js';
import { relativeError } from '../../testing/compare.js';
import { tableConfig } from './config.js';
import { type TargetKind, tableGraph, tableNetwork } from './network.js';
import { featuresOf, initialiseTable } from './parameters.js';
import { classProbabilities, quantilesOf, tableForward } from './transformer.js';

const [B, N, A, C, K] = [2, 5, 3, 4, 3];
const stream = random(1, 'network');
const array = (shape: number[], draw: (i: number) => number = () => stream.normal()): ShapedArray => ({
  shape,
  data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => draw(i)),
});

/** Rows of an axis 1 array. */
function rowsOf({ shape: [b, r, ...rest], data }: ShapedArray, from: number, to: number): ShapedArray {
  const inner = sizeOf(rest);
  const parts = Array.from({ length: b! }, (_, i) =>
    Array.from(data.subarray((i * r! + from) * inner, (i * r! + to) * inner)),
  );
  return { shape: [b!, to - from, ...rest], data: Float64Array.from(parts.flat()) };
}

describe.each(['codes', 'retrieval', 'both'] as const)(
  'a frozen table network with the decoder %s',
  (decoder) => {
    const config = tableConfig.parse({
      width: 8,
      layers: 2,
      heads: 2,
      thinking: 2,
      codes: 4,
      quantiles: 7,
      decoder,
    });
    const parameters = initialiseTable(config, 3);
    const cells = array([B, N + A, C, featuresOf(config)]);
    const labels = { classes: array([B, N, 4]), number: array([B, N, 1]) };
    const classes = {
      codes: array([B, K, 4]),
      labelled: array([B, N, K], (i) => (((i * 7) % 5) % K === i % K ? 1 : 0)),
    };

    async function asTrained(target: TargetKind) {
      const at = ({ shape }: ShapedArray, name: string) => input(name, shape);
      const weights = Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [name, at(value, `parameters/${name}`)]),
      );
      const states = tableForward(config, weights, {
        cells: at(cells, 'cells'),
        labels: at(labels[target], 'labels'),
      });
      const decoding = { codes: at(classes.codes, 'codes'), labelled: at(classes.labelled, 'labelled') };
      const answers =
        target === 'classes'
          ? classProbabilities(config, weights, states, decoding)
          : quantilesOf(config, weights, states);
      const program = await slow.compile(graph({ answers }));
      const named = Object.entries(parameters).map(([name, value]) => [`parameters/${name}`, value]);
      const feeds = { cells, labels: labels[target], ...classes, ...Object.fromEntries(named) };
      return (await program.run(feeds)).answers!;
    }

    async function asFrozen(engine: Engine, target: TargetKind) {
      const network = tableNetwork(config, parameters, engine);
      const shown = { cells: rowsOf(cells, 0, N), labels: labels[target] };
      const state = await network.context(target, shown);
      expect(state.tokens).toBe(C + 1);
      const asked = rowsOf(cells, N, N + A);
      const decoding = target === 'classes' ? classes : undefined;
      const { answers, leaning } = await network.ask(state, asked, decoding);
      expect(leaning.shape).toEqual([B, A, config.thinking + N]);
      for (let row = 0; row < B * A; row++) {
        const own = leaning.data.subarray(row * (config.thinking + N), (row + 1) * (config.thinking + N));
        expect(Array.from(own).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }
      // Any number of rows of the same context, by the same programs.
      const alone = (await network.ask(state, rowsOf(asked, 1, 2), decoding)).answers;
      expect(relativeError(alone.data, rowsOf(answers, 1, 2).data)).toBeLessThan(1e-5);
      await network.release();
      return answers;
    }

    it.each(['classes', 'number'] as const)('answers as the trained one does: %s', async (target) => {
      const trained = await asTrained(target);
      const exact = await asFrozen(slow, target);
      expect(exact.shape).toEqual(trained.shape);
      expect(relativeError(exact.data, trained.data)).toBeLessThan(1e-12);
      expect(
        relativeError((await asFrozen(nodeEngine({ threads: 1 }), target)).data, trained.data),
      ).toBeLessThan(1e-4);
    });

    it.each(['classes', 'number'] as const)('is one graph for other runtimes: %s', async (target) => {
      const program = await nodeEngine({ threads: 1 }).compile(tableGraph(config, parameters, target));
      const { codes, labelled } = classes;
      const read = { codes: { codes }, retrieval: { labelled }, both: { codes, labelled } }[decoder];
      const decoding = target === 'number' ? {} : read;
      const { answers } = await program.run({
        cells: rowsOf(cells, 0, N),
        labels: labels[target],
        asked: rowsOf(cells, N, N + A),
        ...decoding,
      });
      await program.release();
      expect(relativeError(answers!.data, (await asTrained(target)).data)).toBeLessThan(1e-4);
    });
  },
);
