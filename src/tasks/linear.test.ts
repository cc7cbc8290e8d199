import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { Episodes } from '../core/episodes.js';
import { random } from '../core/random.js';
import { parseLearner, ridge } from '../learners/index.js';
import { familyNames, type LinearOptions, linear, noiseLevels, parseFamily } from './index.js';

function draw(options: LinearOptions, episodes = 2000, points = 9, seed = 1): Episodes {
  return linear(options).sample({ episodes, points, seed, stream: random(seed, 'test') });
}

/** How many standard errors the mean of independent values is away from what it should be. */
function standardErrors(values: Iterable<number>, expected: number): number {
  const all = Float64Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1);
  return Math.abs(mean - expected) / Math.sqrt(variance / all.length);
}

describe('what is drawn', () => {
  test('labels are wᵀx and noise of the stated size', () => {
    const { x, y, truth, weights, noise, points, inputs } = draw({ inputs: 3, noise: 0.5, scale: 2 });
    const errors = y.map((label, at) => label - truth![at]!);
    for (const at of [0, 7, 2000 * 9 - 1]) {
      const e = Math.floor(at / points);
      let value = 0;
      for (let j = 0; j < inputs; j++) value += weights![e * inputs + j]! * x[at * inputs + j]!;
      expect(truth![at]).toBeCloseTo(value, 12);
    }
    expect(new Set(noise)).toEqual(new Set([0.5]));
    expect(standardErrors(errors, 0)).toBeLessThan(4);
    expect(
      standardErrors(
        errors.map((error) => error ** 2),
        0.25,
      ),
    ).toBeLessThan(4);
    expect(
      standardErrors(
        weights!.map((w) => w ** 2),
        4,
      ),
    ).toBeLessThan(4);
    expect(
      standardErrors(
        x.map((value) => value ** 2),
        1,
      ),
    ).toBeLessThan(4);
  });

  test('without noise the labels are exact', () => {
    const { y, truth } = draw({});
    expect(y).toEqual(truth);
  });

  test('active inputs: the rest are exactly zero, each number as often', () => {
    const { x, weights, inputs, points } = draw({ inputs: 4, active: [2, 4] });
    const counts = [0, 0, 0, 0, 0];
    let astray = 0;
    for (let e = 0; e < 2000; e++) {
      const row = x.subarray(e * points * inputs, e * points * inputs + inputs);
      const active = row.filter((value) => value !== 0).length;
      counts[active]!++;
      for (let j = active; j < inputs; j++) {
        if (weights![e * inputs + j] !== 0) astray++;
        for (let k = 0; k < points; k++) if (x[(e * points + k) * inputs + j] !== 0) astray++;
      }
    }
    expect(astray).toBe(0);
    expect(counts.slice(0, 2)).toEqual([0, 0]);
    const standardError = Math.sqrt((2000 * 2) / 9);
    for (const count of counts.slice(2)) expect(Math.abs(count - 2000 / 3)).toBeLessThan(4 * standardError);
  });

  test('a list of eigenvalues, along the axes and turned', () => {
    const along = draw({ inputs: 3, covariance: [4, 1, 0] });
    const squares = (j: number) => along.x.filter((_, at) => at % 3 === j).map((value) => value ** 2);
    expect(standardErrors(squares(0), 4)).toBeLessThan(4);
    expect(standardErrors(squares(1), 1)).toBeLessThan(4);
    expect(squares(2).every((value) => value === 0)).toBe(true);
    const turned = draw({ inputs: 3, covariance: [4, 1, 0], rotated: true });
    for (const j of [0, 1, 2]) {
      const perEpisode = Array.from({ length: 2000 }, (_, e) => turned.x[e * 27 + j]! ** 2);
      expect(standardErrors(perEpisode, 5 / 3)).toBeLessThan(4);
    }
  });

  test('skewed: eigenvalues ∝ 1/i² with trace d, turned anew in each episode', () => {
    const { x } = draw({ inputs: 4, covariance: 'skewed' }, 2, 20_000);
    const spectra = [0, 1].map((e) => {
      const rows = Array.from({ length: 20_000 }, (_, k) =>
        Array.from(x.subarray((e * 20_000 + k) * 4, (e * 20_000 + k) * 4 + 4)),
      );
      const points = new Matrix(rows);
      return new EigenvalueDecomposition(
        points
          .transpose()
          .mmul(points)
          .mul(1 / 20_000),
        { assumeSymmetric: true },
      );
    });
    const trace = 1 + 1 / 4 + 1 / 9 + 1 / 16;
    for (const { realEigenvalues } of spectra)
      [...realEigenvalues].reverse().forEach((value, i) => {
        const expected = 4 / trace / (i + 1) ** 2;
        expect(Math.abs(value - expected)).toBeLessThan(4 * expected * Math.sqrt(2 / 20_000));
      });
    const [first, second] = spectra.map((s) => s.eigenvectorMatrix.getColumn(3));
    expect(Math.abs(first!.reduce((sum, v, i) => sum + v * second![i]!, 0))).toBeLessThan(0.999);
  });

  test('a share of skewed episodes, mixed noise', () => {
    const { noise } = draw(
      {
        noise: [
          { sigma: 0, weight: 1 },
          { sigma: [0.2, 0.4], weight: 3 },
        ],
      },
      4000,
      1,
    );
    expect(
      standardErrors(
        noise!.map((s) => (s === 0 ? 1 : 0)),
        0.25,
      ),
    ).toBeLessThan(4);
    const ranged = noise!.filter((s) => s !== 0);
    expect(Math.min(...ranged)).toBeGreaterThanOrEqual(0.2);
    expect(Math.max(...ranged)).toBeLessThan(0.4);
    expect(standardErrors(ranged, 0.3)).toBeLessThan(4);
    const { x } = draw({ inputs: 2, covariance: [100, 100], share: 0.5 }, 4000, 1);
    const wide = Array.from({ length: 4000 }, (_, e) => x[2 * e]! ** 2);
    expect(standardErrors(wide, 50.5)).toBeLessThan(4);
  });
});

describe('determinism', () => {
  test('the same stream gives the same episodes; another does not', () => {
    const options: LinearOptions = {
      covariance: 'skewed',
      share: 0.5,
      active: [1, 8],
      noise: [{ sigma: [0, 1] }],
    };
    expect(draw(options, 5)).toEqual(draw(options, 5));
    expect(draw(options, 5, 9, 2).x).not.toEqual(draw(options, 5, 9, 1).x);
  });
  test('families that differ in σ alone ask the same questions', () => {
    const [quiet, loud] = [draw({ noise: 0 }, 5), draw({ noise: 1 }, 5)];
    expect(loud.x).toEqual(quiet.x);
    expect(loud.truth).toEqual(quiet.truth);
  });
  test('fixed values', () => {
    const { x, y } = draw({ inputs: 2, noise: 0.5 }, 1, 2);
    expect([...x, ...y].map((value) => value.toFixed(6))).toEqual([
      '1.014424',
      '-0.337813',
      '-0.469459',
      '-0.186548',
      '1.679988',
      '0.423570',
    ]);
  });
});

describe('the Bayes learner', () => {
  /** Mean paired differences of squared errors over all prefixes, in standard errors: below −3 is better for sure. */
  async function advantages(options: LinearOptions, names: string[]): Promise<number[]> {
    const family = linear(options);
    const episodes = family.sample({ episodes: 2000, points: 13, seed: 3, stream: random(3, 'test') });
    const ours = await family.bayes().predict(episodes);
    const advantage = async (name: string) => {
      const other = await parseLearner(name).predict(episodes);
      const each = Array.from({ length: 2000 }, (_, e) => {
        let sum = 0;
        for (let at = e * 13; at < e * 13 + 13; at++) {
          const truth = episodes.truth![at]!;
          sum += (ours.values[at]! - truth) ** 2 - (other.values[at]! - truth) ** 2;
        }
        return sum;
      });
      return Math.sign(each.reduce((a, b) => a + b, 0)) * standardErrors(each, 0);
    };
    return Promise.all(names.map(advantage));
  }
  test('is ridge with λ = σ²/τ²', () => {
    expect(linear({ noise: 0.5, scale: 0.5 }).bayes().name).toBe('bayes:0.5:0.5');
  });
  test('beats every ridge under mixed noise', async () => {
    const noise = [{ sigma: 0 }, { sigma: 0.2 }, { sigma: 1 }];
    const names = ['ridge:0.0025', 'ridge:0.04', 'ridge:0.2', 'ridge:1', 'ridge:loo'];
    expect(Math.max(...(await advantages({ inputs: 5, noise }, names)))).toBeLessThan(-3);
  });
  test('beats every ridge under a range of σ', async () => {
    const names = ['ridge:0.01', 'ridge:0.25', 'ridge:1', 'ridge:4'];
    expect(Math.max(...(await advantages({ inputs: 5, noise: [{ sigma: [0, 2] }] }, names)))).toBeLessThan(
      -3,
    );
  });
  test('weights each σ by the probability that it gave to the labels', async () => {
    const episodes = draw({ inputs: 2, noise: 0.5 }, 4, 6);
    const levels = [0.3, 1];
    const { values } = await linear({ inputs: 2, noise: levels.map((sigma) => ({ sigma })) })
      .bayes()
      .predict(episodes);
    const fixed = await Promise.all(levels.map((sigma) => ridge({ lambda: sigma ** 2 }).predict(episodes)));
    for (let e = 0; e < 4; e++)
      for (let k = 1; k < 6; k++) {
        const at = e * 6 + k;
        const likelihood = levels.map((sigma) => {
          // Y ~ N(0, XXᵀ + σ²I)
          const x = new Matrix(
            Array.from({ length: k }, (_, i) =>
              Array.from(episodes.x.subarray((e * 6 + i) * 2, (e * 6 + i) * 2 + 2)),
            ),
          );
          const covariance = x.mmul(x.transpose()).add(Matrix.eye(k).mul(sigma ** 2));
          const { realEigenvalues: values, eigenvectorMatrix: axes } = new EigenvalueDecomposition(
            covariance,
            { assumeSymmetric: true },
          );
          const along = axes
            .transpose()
            .mmul(Matrix.columnVector(Array.from(episodes.y.subarray(e * 6, e * 6 + k))));
          return values.reduce(
            (product, v, i) => (product * Math.exp(-(along.get(i, 0) ** 2) / v / 2)) / Math.sqrt(v),
            1,
          );
        });
        const total = likelihood[0]! + likelihood[1]!;
        const expected =
          (likelihood[0]! * fixed[0]!.values[at]! + likelihood[1]! * fixed[1]!.values[at]!) / total;
        expect(Math.abs(values[at]! - expected)).toBeLessThan(1e-9);
      }
  });
  test('is certain that there is no noise once more labels fit exactly than there are inputs', async () => {
    const family = linear({ inputs: 3, noise: [{ sigma: 0 }, { sigma: 0.01 }] });
    const exact = draw({ inputs: 3 }, 50, 6);
    const predicted = (await family.bayes().predict(exact)).values;
    const squares = (await parseLearner('ols').predict(exact)).values;
    for (let e = 0; e < 50; e++)
      for (const k of [4, 5]) expect(predicted[e * 6 + k]).toBe(squares[e * 6 + k]);
    const noisy = draw({ inputs: 3, noise: 0.01 }, 50, 6);
    const ridged = (await ridge({ lambda: 0.0001 }).predict(noisy)).values;
    const mixed = (await family.bayes().predict(noisy)).values;
    for (let e = 0; e < 50; e++)
      for (const k of [4, 5]) expect(mixed[e * 6 + k]).toBeCloseTo(ridged[e * 6 + k]!, 12);
  });
  test('a range of σ is a grid of equal weights', () => {
    const levels = noiseLevels([
      { sigma: 0, weight: 1 },
      { sigma: [1, 3], weight: 2 },
    ]);
    expect(levels).toHaveLength(33);
    expect(levels[1]!.sigma).toBeCloseTo(1 + 1 / 32);
    expect(levels.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(3);
  });
});

test.each([
  ['linaer', `unknown family "linaer": did you mean "linear"? Families: ${familyNames.join(', ')}`],
  [3, `invalid family: 3: it must be a name or {"family": name, …}. Families: ${familyNames.join(', ')}`],
  [
    {},
    `missing family: name one in the spec, such as {"family": "linear"}. Families: ${familyNames.join(', ')}`,
  ],
  [
    { family: 'linear', nose: 1 },
    'invalid family linear: unknown key "nose": did you mean "noise"? Keys: family, inputs, active, covariance, rotated, share, scale, noise',
  ],
  [{ family: 'linear', noise: -1 }, 'invalid family linear: noise: σ must not be below 0'],
  [
    { family: 'linear', noise: 'loud' },
    'invalid family linear: noise: must be a number from 0, or a list of {sigma: number | [low, high], weight}',
  ],
  [
    { family: 'linear', noise: [{ sigma: [1, 0] }] },
    'invalid family linear: noise.0.sigma: low must be below high',
  ],
  [
    { family: 'linear', active: 12 },
    'invalid family linear: active: 12 is more than the 8 inputs; raise inputs or lower active',
  ],
  [{ family: 'linear', active: [3, 2] }, 'invalid family linear: active: min (3) must not be above max (2)'],
  [
    { family: 'linear', covariance: [1, 2] },
    'invalid family linear: covariance: 2 eigenvalues for 8 inputs; give one for each',
  ],
  [
    { family: 'linear', rotated: true },
    'invalid family linear: rotated: only a list of eigenvalues can be rotated ("skewed" always is)',
  ],
  [
    { family: 'linear', share: 0.5 },
    'invalid family linear: share: is a share of episodes with another covariance; set covariance too',
  ],
])('%j is refused', (spec, message) => {
  expect(() => parseFamily(spec)).toThrow(
    expect.objectContaining({ name: 'IcicleError', exitCode: 2, message }),
  );
});

test('a family carries the complete spec that makes it again', () => {
  const family = parseFamily('linear');
  expect(family.spec).toEqual({
    family: 'linear',
    inputs: 8,
    covariance: 'isotropic',
    rotated: false,
    share: 1,
    scale: 1,
    noise: 0,
  });
  expect(parseFamily(family.spec).spec).toEqual(family.spec);
});
