import { describe, expect, it } from 'vitest';
import { IcicleError } from '../core/errors.js';
import { gradients } from '../graph/gradients.js';
import { reduceMean, square, sub } from '../graph/ops/index.js';
import { graph, input } from '../graph/tensor.js';
import { transformerConfig } from '../model/config.js';
import { initialise, parameterShapes } from '../model/parameters.js';
import { forward } from '../model/transformer.js';
import { relativeError } from '../testing/compare.js';
import { numbers } from '../testing/graphs.js';
import { SINGLE_PRECISION } from '../testing/tolerances.js';
import { nodeEngine } from './node.js';
import { slow } from './slow.js';
import { webEngine } from './web.js';

// The same graph, a small transformer with all its gradients, on every engine.
const config = transformerConfig.parse({ inputs: 2, points: 4, layers: 2, width: 8, heads: 2 });
const names = Object.keys(parameterShapes(config));
const parameters = Object.fromEntries(
  names.map((name) => [name, input(name, parameterShapes(config)[name]!)]),
);
const [x, y] = [input('x', [3, 4, 2]), input('y', [3, 4])];
const { predictions } = forward(config, parameters, x, y);
const loss = reduceMean(square(sub(predictions, y)));
const slopes = gradients(
  loss,
  names.map((name) => parameters[name]!),
);
const whole = graph({
  loss,
  predictions,
  ...Object.fromEntries(names.map((name, i) => [`d/${name}`, slopes[i]!])),
});
const feeds = { x: numbers([3, 4, 2], 1), y: numbers([3, 4], 2), ...initialise(config, 3) };

describe.each([
  [nodeEngine({ threads: 1 }), SINGLE_PRECISION],
  [nodeEngine({ threads: 2 }), SINGLE_PRECISION],
  [webEngine(), SINGLE_PRECISION],
])('$name', (engine, tolerance) => {
  it('gives the slow evaluator’s numbers', async () => {
    const oracle = await (await slow.compile(whole)).run(feeds);
    const program = await engine.compile(whole);
    const results = await program.run(feeds);
    for (const [name, { shape, data }] of Object.entries(oracle)) {
      expect(results[name]!.shape, name).toEqual(shape);
      expect(relativeError(results[name]!.data, data), name).toBeLessThan(tolerance);
    }
    // The same feeds give the same bits again.
    expect((await program.run(feeds)).loss!.data).toEqual(results.loss!.data);
    await expect(program.run({ ...feeds, x: numbers([3, 4, 5], 1) })).rejects.toThrow(IcicleError);
    const { x: _x, ...rest } = feeds;
    await expect(program.run(rest)).rejects.toThrow(IcicleError);
    await program.release();
  });
});

it('a device that is not there is refused, not replaced', () => {
  // @ts-expect-error what a user of JavaScript may write
  expect(() => nodeEngine({ device: 'cuda' })).toThrow('invalid device: "cuda": use cpu or webgpu');
  // @ts-expect-error
  expect(() => webEngine({ device: 'webgl' })).toThrow('invalid device: "webgl": use wasm or webgpu');
});
