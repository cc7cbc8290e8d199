import { describe, expect, it } from 'vitest';
import { constantOf } from './constant.js';

const cells = (rows: number) => ({ rows, columns: 0, x: new Float64Array(), kinds: [] });
const classes = {
  ...cells(4),
  target: { kind: 'classes' as const, classes: 3, values: Int32Array.from([0, 0, 1, 0]) },
};
const numbers = {
  ...cells(5),
  target: { kind: 'number' as const, values: Float64Array.from([3, 1, 2, 5, 4]) },
};

describe('what one would say without looking', () => {
  it('is the classes’ frequencies, none of them 0', () => {
    const { predict, deviation } = constantOf(classes, [], 7);
    expect([...predict(2)]).toEqual([4 / 7, 2 / 7, 1 / 7, 4 / 7, 2 / 7, 1 / 7]);
    expect(deviation).toBe(0);
  });

  it('is the numbers’ quantiles, and they have a deviation', () => {
    const { predict, deviation } = constantOf(numbers, [], 5);
    expect([...predict(1)]).toEqual([1, 2, 3, 4, 5]);
    expect(constantOf(numbers, [], 3).predict(1)[1]).toBe(3);
    expect(deviation).toBeCloseTo(Math.SQRT2, 12);
  });

  it('is told of held-out rows from those that their fold shows', () => {
    const folds = [
      { shown: [2, 3], asked: [0, 1] },
      { shown: [0, 1], asked: [2] },
    ];
    expect([...constantOf(classes, folds, 7).outOfFold]).toEqual(
      [2, 2, 1, 2, 2, 1, 3, 1, 1].map((count) => count / 5),
    );
    expect([...constantOf(numbers, folds, 2).outOfFold]).toEqual([2, 5, 2, 5, 1, 3]);
  });
});
