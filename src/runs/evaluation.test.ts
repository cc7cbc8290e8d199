import { expect, test } from 'vitest';
import { ols } from '../learners/index.js';
import { parseTrainSpec } from '../train/spec.js';
import { evaluationOf } from './evaluation.js';
import { examplesMeasured } from './predictions.js';

const of = { family: 'linear', noise: 0.5 };
const evaluate = async (family: object) => {
  const spec = parseTrainSpec({
    name: 'test',
    family,
    steps: 1,
    model: { inputs: 4, points: 4, layers: 1, width: 8, heads: 1 },
    evaluation: { episodes: 64 },
  });
  return (await evaluationOf(spec))(ols());
};

test('means over 1…2d examples, or as many as there are', async () => {
  const rows = await evaluate(of);
  expect(rows.map(({ metric }) => metric)).toEqual(['spd/d@1-3', 'squared-error@1-3']);
});

test('of a family that asks its last point, that one', async () => {
  const rows = await evaluate({ family: 'orthogonal-query', of });
  expect(rows.map(({ metric }) => metric)).toEqual(['spd/d@3-3', 'squared-error@3-3']);
  // On a query orthogonal to the examples least squares and ridge both predict 0.
  expect(rows[0]!.value).toBeLessThan(1e-20);
});

test('the numbers of examples that means are over', () => {
  const family = { name: 'test', inputs: 3 };
  expect(examplesMeasured(family, 9, undefined)).toEqual([1, 6]);
  expect(examplesMeasured(family, 3, undefined)).toEqual([1, 2]);
  expect(examplesMeasured(family, 1, undefined)).toEqual([0, 0]);
  expect(examplesMeasured(family, 9, [8])).toEqual([8, 8]);
  expect(examplesMeasured(family, 9, [2, 5, 6, 7])).toEqual([5, 7]);
  expect(examplesMeasured(family, 4, [0, 1, 2, 3])).toEqual([1, 3]);
  expect(() => examplesMeasured(family, 9, [])).toThrow(
    'unsupported points: 9: of so many family "test" asks none that follows an example; ask for more',
  );
  expect(() => examplesMeasured(family, 9, [0])).toThrow('unsupported points');
});
