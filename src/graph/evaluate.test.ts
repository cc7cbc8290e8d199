import { expect, it } from 'vitest';
import { numbers } from '../testing/graphs.js';
import { evaluate } from './evaluate.js';
import * as o from './ops/index.js';
import { graph, input } from './tensor.js';

const [a, b] = [input('a', ['n', 2]), input('b', ['n', 2])];

it('refuses inputs that disagree about an open axis', () => {
  const sum = graph({ sum: o.add(a, b) });
  expect(() => evaluate(sum, { a: numbers([2, 2], 1), b: numbers([3, 2], 2) })).toThrow(
    'evaluate: axis "n" is 2 in input "a" but 3 in "b"; feed equal lengths',
  );
});

it('reads an open axis that is a multiple of another', () => {
  const pairs = input('pairs', ['2·n', 2]);
  const joined = graph({
    sum: o.add(o.reshape(a, ['n', 2]), o.reshape(o.slice(o.reshape(pairs, ['n', 2, 2]), 1, 0, 1), ['n', 2])),
  });
  const { sum } = evaluate(joined, { a: numbers([3, 2], 1), pairs: numbers([6, 2], 2) });
  expect(sum!.shape).toEqual([3, 2]);
  expect(() => evaluate(joined, { a: numbers([3, 2], 1), pairs: numbers([5, 2], 2) })).toThrow(
    'evaluate: input "pairs" is [5,2], expected [2·n,2]',
  );
});

it('refuses a missing input and one of another shape', () => {
  const twice = graph({ twice: o.mul(a, 2) });
  expect(() => evaluate(twice, {})).toThrow('input "a" is missing; feed an array of shape [n,2]');
  expect(() => evaluate(twice, { a: numbers([2, 3], 1) })).toThrow('input "a" is [2,3], expected [n,2]');
  expect(() => evaluate(twice, { a: numbers([2], 1) })).toThrow('input "a" is [2], expected [n,2]');
});
