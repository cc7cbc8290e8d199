import { expect, test } from 'vitest';
import type { Episodes } from '../../core/episodes.js';
import { largestEigenvalue } from './newton.js';
import { asWritten, largest, threeWays } from './programs.test.helper.js';

const sizes = { program: 'lasso', inputs: 2, examples: 4, lambda: 0.3 } as const;

/** The same steps, straight from their formula. */
function steps(
  { x, y, episodes, points, inputs }: Episodes,
  { alpha, count }: { alpha: number; count: number },
) {
  const rate = 1 / largestEigenvalue(inputs, points - 1);
  const at = (i: number) => [...x.subarray(i * inputs, (i + 1) * inputs)];
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, j) => sum + value * b[j]!, 0);
  return Float64Array.from({ length: episodes * points }, (_, query) => {
    const n = query % points;
    let [w, before] = [new Array<number>(inputs).fill(0), new Array<number>(inputs).fill(0)];
    for (let k = 0; k < count; k++) {
      const v = w.map((value, j) => value + (k / (k + 3)) * (value - before[j]!));
      const z = [...v];
      for (let i = query - n; i < query; i++) {
        const error = dot(v, at(i)) - y[i]!;
        for (const [j, value] of at(i).entries()) z[j]! -= rate * error * value;
      }
      before = w;
      w = z.map((value) => Math.sign(value) * Math.max(0, Math.abs(value) - n * alpha * rate));
    }
    return dot(w, at(query));
  });
}

test('steps are those of the formula: to rounding with ReLU, nearly with GELU', async () => {
  for (const [target, bound] of [
    ['relu', 1e-10],
    ['linear', 1e-4],
    ['no-norm', 1e-4],
  ] as const) {
    const { episodes, written, compiled } = await threeWays({ ...sizes, target, steps: 6 }, 1e-3);
    expect(largest(written, steps(episodes, { alpha: 0.3, count: 6 }))).toBeLessThan(1e-12);
    expect(largest(compiled, written)).toBeLessThan(bound);
  }
});

test('more steps come nearer to the optimum', async () => {
  const error = async (count: number) => {
    const { written, expected } = await asWritten({ ...sizes, steps: count });
    return Math.sqrt(
      written.reduce((sum, value, i) => sum + (value - expected[i]!) ** 2, 0) / written.length,
    );
  };
  const [few, many] = [await error(8), await error(64)];
  expect(many).toBeLessThan(few / 2);
});
