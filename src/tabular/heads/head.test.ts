import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import type { Fold } from '../ensemble/ensemble.js';
import { type Examples, takeCells, takeExamples } from '../ensemble/examples.js';
import { foldsOf } from '../trust/folds.js';
import { fitDesign } from './design.js';
import { fitHead } from './head.js';
import { fitLogistic } from './logistic.js';

const [ROWS, COLUMNS] = [30, 3];
const stream = random(1, 'head');
const x = Float64Array.from({ length: ROWS * COLUMNS }, (_, i) =>
  i % COLUMNS === 2 ? stream.integer(3) : stream.normal(),
);
const cells = {
  ...{ rows: ROWS, columns: COLUMNS, x },
  kinds: [{ kind: 'number' }, { kind: 'number' }, { kind: 'category', levels: 3 }],
} as const;
const truth = Float64Array.from(
  { length: ROWS },
  (_, r) => 2 * x[r * COLUMNS]! + (x[r * COLUMNS + 2] === 1 ? 3 : 0),
);
const ofNumbers: Examples = { ...cells, target: { kind: 'number', values: truth } };
const ofClasses: Examples = {
  ...cells,
  target: {
    ...{ kind: 'classes', classes: 3 },
    values: Int32Array.from(truth, (y, r) => (r < 3 ? r : y > 2 ? 2 : y > 0 ? 1 : 0)),
  },
};
const foldsFor = ({ target }: Examples) => foldsOf(target, 5, random(2));

/** With other labels in some rows. */
function relabelled(examples: Examples, rows: readonly number[]): Examples {
  const { target } = examples;
  if (target.kind === 'number')
    return {
      ...examples,
      target: { ...target, values: target.values.map((y, r) => (rows.includes(r) ? 100 - y : y)) },
    };
  const values = target.values.map((y, r) => (rows.includes(r) ? (y + 1) % target.classes : y));
  return { ...examples, target: { ...target, values } };
}

describe('the linear head', () => {
  it('of numbers is a line where they lie on one, also on rows that it was not shown', () => {
    const folds = foldsFor(ofNumbers);
    const head = fitHead(ofNumbers, folds);
    expect(head.name).toBe('ridge');
    head.predict(ofNumbers).forEach((value, r) => {
      expect(value).toBeCloseTo(truth[r]!, 1);
    });
    folds.forEach(({ asked }, f) => {
      asked.forEach((row, i) => {
        expect(head.outOfFold[f]![i]).toBeCloseTo(truth[row]!, 0);
      });
    });
  });

  it('of numbers goes no further beyond n labels than n/20 of their range', () => {
    const labels = { kind: 'number', values: Float64Array.from([1, 2, 3, 4, 5]) } as const;
    const line: Examples = {
      ...{ rows: 5, columns: 1, x: Float64Array.from([1, 2, 3, 4, 5]), kinds: [{ kind: 'number' }] },
      target: labels,
    };
    const head = fitHead(line, foldsFor(line));
    const far = head.predict({ rows: 3, x: Float64Array.from([-1000, 3, 1000]) });
    expect(far[0]).toBeCloseTo(0, 12);
    expect(far[1]).toBeCloseTo(3, 1);
    expect(far[2]).toBeCloseTo(6, 12);
  });

  it('of numbers never uses the labels of the rows that a fold asks', () => {
    const folds = foldsFor(ofNumbers);
    const { outOfFold } = fitHead(ofNumbers, folds);
    folds.forEach(({ asked }, f) => {
      expect(fitHead(relabelled(ofNumbers, asked), folds).outOfFold[f]).toEqual(outOfFold[f]);
    });
  });

  it('of classes uses the labels that a fold asks to weigh the penalties by, and for nothing else', () => {
    const folds = foldsFor(ofClasses);
    const lambdas = [300, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03];
    for (const examples of [ofClasses, ...folds.map(({ asked }) => relabelled(ofClasses, asked))]) {
      const labels = examples.target.values;
      // All that each fold can say, learned from the rows that it shows.
      const paths = folds.map(({ shown, asked }) => {
        const known = takeExamples(examples, shown);
        const design = fitDesign(known);
        const path = fitLogistic(design(known), known.target.values as Int32Array, 3, lambdas);
        return lambdas.map((_, at) => path.probabilities(design(takeCells(examples, asked)))(at));
      });
      const products = lambdas.map((_, at) =>
        folds
          .flatMap(({ asked }, f) => asked.map((row, i) => paths[f]![at]![3 * i + labels[row]!]!))
          .reduce((a, b) => a * b, 1),
      );
      const total = products.reduce((a, b) => a + b, 0);
      fitHead(examples, folds).outOfFold.forEach((own, f) => {
        own.forEach((p, i) => {
          const mean = products.reduce((sum, product, at) => sum + product * paths[f]![at]![i]!, 0) / total;
          expect(p).toBeCloseTo(mean, 5);
        });
      });
    }
  });

  it('of classes stays near their shares where a few labels are told apart by chance', () => {
    // Five labels and two columns of noise: often some penalty fits the held-out labels well.
    let [surprise, bare] = [0, 0];
    for (let task = 0; task < 60; task++) {
      const noise = random(5, 'few labels', task);
      const few: Examples = {
        rows: 5,
        columns: 2,
        x: Float64Array.from({ length: 10 }, noise.normal),
        kinds: Array.from({ length: 2 }, () => ({ kind: 'number' }) as const),
        target: { kind: 'classes', classes: 2, values: Int32Array.of(0, 0, 0, 1, 1) },
      };
      const asked = { rows: 50, x: Float64Array.from({ length: 100 }, noise.normal) };
      const p = fitHead(few, foldsFor(few)).predict(asked);
      // Labels of the asked rows are as much noise: 0.6 of them are of the first class.
      for (let r = 0; r < 50; r++) surprise -= 0.6 * Math.log(p[2 * r]!) + 0.4 * Math.log(p[2 * r + 1]!);
      bare -= 50 * (0.6 * Math.log(0.6) + 0.4 * Math.log(0.4));
    }
    // By the one penalty that fits best it was 1.66.
    expect(surprise / bare).toBeLessThan(1.25);
  });

  it('of classes takes a great penalty where there is nothing to learn', () => {
    const noise = random(3, 'noise');
    const target = {
      kind: 'classes' as const,
      classes: 2,
      values: Int32Array.from(truth, () => noise.integer(2)),
    };
    const examples: Examples = { ...cells, target };
    const share = target.values.filter((label) => label === 0).length / ROWS;
    const spread = (p: Float64Array) =>
      p.reduce((sum, value, i) => sum + (i % 2 ? 0 : (value - share) ** 2), 0) / ROWS;
    const design = fitDesign(examples);
    const loose = fitLogistic(design(examples), target.values, 2, [0.03]).probabilities(design(examples))(0);
    const chosen = fitHead(examples, foldsFor(examples)).predict(examples);
    expect(spread(chosen)).toBeLessThan(0.4 * spread(loose));
  });

  it.each([
    ['numbers', ofNumbers],
    ['classes', ofClasses],
  ] as const)('answers where there are no folds: %s', (_, examples) => {
    const head = fitHead(examples, []);
    expect(head.outOfFold).toEqual([]);
    expect(head.predict(examples).every(Number.isFinite)).toBe(true);
  });

  it.each([
    ['numbers', ofNumbers],
    ['classes', ofClasses],
  ] as const)('answers where the rows that a fold shows are all alike: %s', (_, examples) => {
    const lone: Examples = { ...examples, x: x.map((_, i) => (i < COLUMNS ? 1 : 0)) };
    const folds: Fold[] = [{ asked: [0, 1], shown: Array.from({ length: ROWS - 2 }, (_, i) => i + 2) }];
    const { outOfFold, predict } = fitHead(lone, folds);
    expect(outOfFold[0]!.every(Number.isFinite)).toBe(true);
    expect(predict(lone).every(Number.isFinite)).toBe(true);
  });
});
