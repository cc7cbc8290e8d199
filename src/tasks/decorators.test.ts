import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { random } from '../core/random.js';
import { bias, column, draw, excess, perEpisode } from './families.test.helper.js';
import { capActive, linear, parseFamily, wrapperNames } from './index.js';

const of = { family: 'linear', inputs: 4 };

/** The rows of episode e as a matrix, [K,D]. */
function rowsOf(episodes: { x: Float64Array; points: number; inputs: number }, e: number): Matrix {
  const { x, points, inputs } = episodes;
  return new Matrix(
    Array.from({ length: points }, (_, k) =>
      Array.from(x.subarray((e * points + k) * inputs, (e * points + k + 1) * inputs)),
    ),
  );
}

describe('what a decorator leaves alone', () => {
  const plain = draw(of, 50);
  test.each(['noisy', 'outliers', 'flipped'])('%s: inputs and labels without noise', (family) => {
    const changed = draw({ family, of }, 1);
    expect(changed.x).toEqual(plain.x.slice(0, changed.x.length));
    expect(changed.truth).toEqual(plain.truth!.slice(0, 6));
    expect(changed.y).not.toEqual(plain.y.slice(0, 6));
  });
  test.each(['skewed', 'subspace', 'orthant', 'redrawn-inputs', 'orthogonal-query', 'repeated-query'])(
    '%s: tasks, with labels for the new inputs',
    (family) => {
      const changed = draw({ family, of: { ...of, inputs: 6 } }, 1);
      const { weights, x } = draw({ ...of, inputs: 6 }, 1);
      expect(changed.weights).toEqual(weights);
      expect(changed.x).not.toEqual(x);
    },
  );
});

describe('noisy', () => {
  test('adds to the noise that is there', () => {
    const { noise, y, truth } = draw({ family: 'noisy', sigma: 0.4, of: { ...of, noise: 0.3 } });
    expect(noise![0]).toBeCloseTo(0.5, 12);
    const errors = perEpisode(
      y.map((value, at) => value - truth![at]!),
      2000,
      (error) => error ** 2,
    );
    expect(Math.abs(excess(errors, 0.25))).toBeLessThan(4);
    expect(parseFamily({ family: 'noisy', sigma: 0.4, of: { ...of, noise: 0.3 } }).bayes!().name).toBe(
      'bayes:0.5',
    );
    expect(
      parseFamily({ family: 'noisy', of: { ...of, noise: [{ sigma: 1 }, { sigma: 2 }] } }).bayes,
    ).toBeUndefined();
  });
  test.each([
    { family: 'quadratic', inputs: 5 },
    { family: 'polynomial', inputs: 2 },
    { family: 'fourier', features: 24 },
    { family: 'sparse-linear', inputs: 6 },
    { family: 'boolean', inputs: 5, rule: 'majority' },
    { family: 'boolean', inputs: 4 },
    { family: 'pooled', tasks: 20, of },
  ])('the Bayes predictor of %j under noise leaves nothing to learn from', async (inner) => {
    const spec = { family: 'noisy', sigma: 0.7, of: inner };
    expect(await bias(parseFamily(spec), draw(spec))).toBeLessThan(4.5);
  });
});

describe('scaled', () => {
  test('inputs: labels follow', () => {
    const [plain, scaled] = [draw(of, 5), draw({ family: 'scaled-inputs', by: 3, of }, 5)];
    expect(scaled.x).toEqual(plain.x.map((value) => 3 * value));
    expect(scaled.truth!.every((value, at) => Math.abs(value - 3 * plain.truth![at]!) < 1e-12)).toBe(true);
    expect(scaled.weights).toEqual(plain.weights);
  });
  test('weights: what the linear family does with its own scale, noise apart', async () => {
    const family = parseFamily({ family: 'scaled-weights', by: 2, of: { ...of, noise: 0.5 } });
    const theirs = linear({ inputs: 4, scale: 2, noise: 0.5 });
    const request = () => ({ episodes: 20, points: 6, seed: 1, stream: random(1, 'test') });
    const [a, b] = [family.sample(request()), theirs.sample(request())];
    expect(a.weights).toEqual(b.weights);
    expect(a.noise).toEqual(b.noise);
    const [ours, other] = [await family.bayes!().predict(b), await theirs.bayes().predict(b)];
    for (let at = 0; at < 120; at++) {
      expect(Math.abs(a.y[at]! - b.y[at]!)).toBeLessThan(1e-12);
      expect(Math.abs(ours.values[at]! - other.values[at]!)).toBeLessThan(1e-9);
    }
    const risks = [family.risk!(a), theirs.risk!(b)];
    expect(Math.max(...risks[0]!.map((risk, at) => Math.abs(risk - risks[1]![at]!)))).toBeLessThan(1e-9);
  });
});

test('a pool stays a pool under a decorator, and is scaled with the weights', () => {
  const pooled = { family: 'pooled', tasks: 3, of };
  const firstOf = (spec: object) => parseFamily(spec).pool!().map((task) => task.weights![0]!);
  const plain = firstOf(pooled);
  expect(firstOf({ family: 'noisy', of: { family: 'skewed', of: pooled } })).toEqual(plain);
  expect(firstOf({ family: 'scaled-weights', by: 2, of: pooled })).toEqual(plain.map((w) => 2 * w));
  expect(parseFamily(of).pool).toBeUndefined();
});

describe('skewed', () => {
  test.each([
    [{}, [1, 1 / 4, 1 / 9, 1 / 16].map((value) => (4 * value) / (1 + 1 / 4 + 1 / 9 + 1 / 16))],
    [{ power: 0 }, [1, 1, 1, 1]],
    [{ eigenvalues: [100, 100, 1, 1] }, [100, 100, 1, 1]],
  ])('%j: the spectrum, turned anew in each episode', (more, expected) => {
    const episodes = draw({ family: 'skewed', ...more, of }, 2, 10_000);
    const [first, second] = [0, 1].map((e) => {
      const rows = rowsOf(episodes, e);
      return new EigenvalueDecomposition(rows.transpose().mmul(rows).mul(1e-4), { assumeSymmetric: true });
    });
    [...first!.realEigenvalues].reverse().forEach((value, i) => {
      expect(Math.abs(value / expected[i]! - 1)).toBeLessThan(4 * Math.sqrt(2 / 10_000) + 0.03);
    });
    if (!('power' in more)) {
      const top = (s: EigenvalueDecomposition) => s.eigenvectorMatrix.getColumn(3);
      expect(Math.abs(top(first!).reduce((sum, v, i) => sum + v * top(second!)[i]!, 0))).toBeLessThan(0.99);
    }
  });
});

describe('subspace', () => {
  test.each([
    [{ dimensions: 2 }, 2, 2 / 5],
    [{ dimensions: 3, normalise: true }, 3, 1],
    [{}, 2, 2 / 5],
  ])('%j: of %d dimensions, mean square %d', (more, rank, square) => {
    const episodes = draw({ family: 'subspace', ...more, of: { ...of, inputs: 5 } }, 1000, 8);
    for (let e = 0; e < 20; e++) {
      const { diagonal } = new SingularValueDecomposition(rowsOf(episodes, e));
      expect(diagonal.filter((value) => value > 1e-10)).toHaveLength(rank);
    }
    expect(
      Math.abs(
        excess(
          perEpisode(episodes.x, 1000, (value) => value ** 2),
          square,
        ),
      ),
    ).toBeLessThan(4);
  });
});

describe('orthant', () => {
  const signs = (query: string) => {
    const { x, asked } = draw({ family: 'orthant', query, of }, 500, 6);
    let [examples, opposite] = [0, 0];
    for (let e = 0; e < 500; e++)
      for (let j = 0; j < 4; j++) {
        const each = Array.from({ length: 6 }, (_, k) => Math.sign(x[(e * 6 + k) * 4 + j]!));
        if (each.slice(0, 5).every((sign) => sign === each[0])) examples++;
        if (each[5] === -each[0]!) opposite++;
      }
    return { examples: examples / 2000, opposite: opposite / 2000, asked, x };
  };
  test('examples share it; the query lies anywhere, with them or across', () => {
    expect(signs('same')).toMatchObject({ examples: 1, opposite: 0, asked: undefined });
    expect(signs('opposite')).toMatchObject({ examples: 1, opposite: 1, asked: [5] });
    const anywhere = signs('anywhere');
    expect(anywhere).toMatchObject({ examples: 1, asked: [5] });
    expect(Math.abs(anywhere.opposite - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 2000));
    // Each orthant as likely.
    expect(Math.abs(excess(column(anywhere.x, 24, 0).map(Math.sign), 0))).toBeLessThan(4);
  });
});

describe('queries', () => {
  const wide = { family: 'linear', inputs: 6, noise: 0.5 };
  test('orthogonal: to every example, as long as before, and 0 is the best that can be said', async () => {
    const family = parseFamily({ family: 'orthogonal-query', of: wide });
    const request = (points: number) => ({ episodes: 200, points, seed: 1, stream: random(1, 'test') });
    for (const points of [1, 2, 6]) {
      const episodes = family.sample(request(points));
      const before = linear({ inputs: 6, noise: 0.5 }).sample(request(points));
      for (let e = 0; e < 20; e++) {
        const [rows, plain] = [rowsOf(episodes, e), rowsOf(before, e)];
        const query = rows.getRow(points - 1);
        for (let k = 0; k < points - 1; k++) {
          expect(rows.getRow(k)).toEqual(plain.getRow(k));
          expect(Math.abs(query.reduce((sum, v, j) => sum + v * rows.get(k, j), 0))).toBeLessThan(1e-9);
        }
        expect(Math.hypot(...query)).toBeCloseTo(Math.hypot(...plain.getRow(points - 1)), 9);
      }
      const { values } = await family.bayes!().predict(episodes);
      expect(Math.max(...column(values, points, points - 1).map(Math.abs))).toBeLessThan(1e-9);
    }
    expect(() => family.sample(request(7))).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message:
          'unsupported points: 7: 6 inputs leave a query orthogonal to at most 5 examples; ask for at most 6 points',
      }),
    );
    expect(() =>
      parseFamily({ family: 'orthogonal-query', of: { ...wide, active: 2 } }).sample(request(4)),
    ).toThrow('3 examples leave no direction in which its inputs vary');
  });
  test('repeated: each example as often, its label known but for the noise', () => {
    const { x, y, truth } = draw({ family: 'repeated-query', of: wide }, 2000, 5);
    const counts = [0, 0, 0, 0];
    for (let e = 0; e < 2000; e++) {
      const same = [0, 1, 2, 3].filter((k) => x[(e * 5 + k) * 6] === x[(e * 5 + 4) * 6]);
      expect(same).toHaveLength(1);
      counts[same[0]!]!++;
      expect(truth![e * 5 + 4]).toBe(truth![e * 5 + same[0]!]);
      expect(y[e * 5 + 4]).not.toBe(y[e * 5 + same[0]!]);
    }
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(4 * Math.sqrt(375));
    expect(draw({ family: 'repeated-query', of: wide }, 5, 1).x).toEqual(draw(wide, 5, 1).x);
  });
});

describe('spoilt labels', () => {
  test('outliers: a share of them, far away', () => {
    const { y, truth, noise } = draw({ family: 'outliers', share: 0.2, by: 50, of });
    const errors = y.map((value, at) => value - truth![at]!);
    expect(
      Math.abs(
        excess(
          perEpisode(errors, 2000, (error) => (error === 0 ? 0 : 1)),
          0.2,
        ),
      ),
    ).toBeLessThan(4);
    const far = errors.filter((error) => error !== 0).map((error) => error ** 2);
    expect(Math.abs(excess(far, 2500))).toBeLessThan(4);
    expect(noise![0]).toBeCloseTo(Math.sqrt(0.2) * 50, 9);
  });
  test('flipped: a share of them, or all', () => {
    const { y, truth, noise } = draw({ family: 'flipped', share: 0.3, of: 'linear-classification' });
    const turned = perEpisode(
      y.map((value, at) => value * truth![at]!),
      2000,
      (product) => (product < 0 ? 1 : 0),
    );
    expect(Math.abs(excess(turned, 0.3))).toBeLessThan(4);
    expect(noise).toBeUndefined();
    const all = draw({ family: 'flipped', share: 1, of }, 10);
    expect(all.y).toEqual(all.truth!.map((value) => -value));
  });
});

describe('wrapping', () => {
  test('the number of inputs may stand outside, for specs that come from a model', () => {
    const { spec, name } = parseFamily({
      family: 'noisy',
      inputs: 5,
      of: { family: 'scaled-inputs', by: 2, of: 'quadratic' },
    });
    expect(name).toBe('noisy(scaled-inputs(quadratic))');
    expect(spec).toEqual({
      family: 'noisy',
      sigma: 1,
      of: { family: 'scaled-inputs', by: 2, of: { family: 'quadratic', inputs: 5, scale: 1 } },
    });
    expect(parseFamily({ inputs: 5, ...spec }).spec).toEqual(spec);
  });
  test('a Bayes predictor that other inputs would make wrong is dropped', () => {
    const conjunction = { family: 'boolean', inputs: 5 };
    expect(parseFamily({ family: 'repeated-query', of: conjunction }).bayes).toBeUndefined();
    expect(
      parseFamily({ family: 'repeated-query', of: { ...conjunction, positive: 0 } }).bayes,
    ).toBeDefined();
    for (const family of ['redrawn-inputs', 'skewed', 'subspace'])
      expect(parseFamily({ family, of: { ...of, active: 2 } }).bayes).toBeUndefined();
    const mixed = { ...of, noise: [{ sigma: 0 }, { sigma: 1 }] };
    expect(parseFamily({ family: 'skewed', of: mixed }).bayes!().name).toBe('bayes:mixture');
  });
  test.each([
    { family: 'orthant' },
    { family: 'scaled-inputs', by: 2 },
    { family: 'repeated-query' },
    { family: 'active-inputs', active: 2 },
    { family: 'pooled', tasks: 30 },
  ])('$family keeps it where inputs that are 0 stay so', async (spec) => {
    const whole = { ...spec, of: { ...of, noise: 0.5, active: [1, 4] } };
    expect(await bias(parseFamily(whole), draw(whole))).toBeLessThan(4.5);
  });
  test.each(wrapperNames)('%s needs a family to wrap', (family) => {
    const needs = { 'active-inputs': { active: 1 }, 'scaled-inputs': { by: 2 }, 'scaled-weights': { by: 2 } };
    expect(() => parseFamily({ family, ...needs[family as keyof typeof needs] })).toThrow(
      `missing of of family ${family}: give the family that it wraps, such as {"family": "${family}", "of": {"family": "linear"}}`,
    );
  });
});

test('a curriculum over dimensions works with every family', () => {
  expect(capActive({ family: 'linear', inputs: 4 }, 2)).toEqual({
    family: 'linear',
    inputs: 4,
    active: [2, 2],
  });
  const capped = parseFamily(capActive({ family: 'noisy', of: { ...of } }, 2));
  const { x, weights } = capped.sample({ episodes: 9, points: 6, seed: 1, stream: random(1, 'test') });
  expect(x.every((value, at) => (value === 0) === at % 4 > 1)).toBe(true);
  expect(weights!.every((value, at) => (value === 0) === at % 4 > 1)).toBe(true);
  expect(capped.inputs).toBe(4);
});

test.each<[unknown, string]>([
  [
    { family: 'noisy', sgima: 1, of: 'linear' },
    'invalid family noisy: unknown key "sgima": did you mean "sigma"? Keys: sigma, of',
  ],
  [{ family: 'noisy', of: 'linaer' }, 'unknown family "linaer": did you mean "linear"? Families: linear, '],
  [{ family: 'noisy', of: 3 }, 'invalid family: 3: it must be a name'],
  [
    { family: 'noisy', inputs: 5, of: { family: 'linear', inputs: 8 } },
    'invalid inputs of family noisy: 5: the family that it wraps has 8; say it once, inside',
  ],
  [{ family: 'scaled-inputs', of: 'linear' }, 'invalid family scaled-inputs: by: must be a number'],
  [
    { family: 'scaled-weights', by: 2, of: 'boolean' },
    'unsupported of of family scaled-weights: "boolean": its labels are classes; set its own scale, or use scaled-inputs',
  ],
  [
    { family: 'skewed', eigenvalues: [1, 2], of: 'linear' },
    'invalid family skewed: "2 eigenvalues": 8 inputs need one each; give 8',
  ],
  [
    { family: 'subspace', dimensions: 9, of: 'linear' },
    'invalid dimensions of family subspace: 9: there are 8 inputs; ask for fewer',
  ],
  [
    { family: 'active-inputs', active: 9, of: 'linear' },
    'invalid active of family active-inputs: 9: there are 8 inputs; ask for fewer',
  ],
])('%j is refused', (spec, message) => {
  expect(() => parseFamily(spec)).toThrow(
    expect.objectContaining({
      name: 'IcicleError',
      exitCode: 2,
      message: expect.stringContaining(message) as string,
    }),
  );
});
