import { describe, expect, test } from 'vitest';
import { random } from '../core/random.js';
import { bayes, parseLearner } from '../learners/index.js';
import { readText } from '../testing/repository.js';
import { bias, column, draw, excess, perEpisode } from './families.test.helper.js';
import { familyNames, type PooledFamily, parseFamily, wrapperNames } from './index.js';
import { legendre } from './polynomial.js';

const NEEDS: Record<string, object> = {
  'active-inputs': { active: 2 },
  'scaled-inputs': { by: 3 },
  'scaled-weights': { by: 3 },
  boolean: { inputs: 5 },
  pooled: { tasks: 64 },
  'sparse-linear': { inputs: 8, nonzero: 2 },
  fourier: { features: 24 },
};

/** Each family once, small; those that wrap another around noisy linear regression. */
const specs = familyNames.map((family) => ({
  family,
  ...NEEDS[family],
  ...(wrapperNames.includes(family) ? { of: { family: 'linear', inputs: 6, noise: 0.5 } } : {}),
}));

describe.each(specs)('$family', (spec) => {
  const family = parseFamily(spec);
  const episodes = draw(spec);
  const { x, y, truth, inputs, points, noise, weights } = episodes;

  test('comes again from its spec and its stream, one episode after the other', () => {
    expect(parseFamily(family.spec).spec).toEqual(family.spec);
    expect(parseFamily(JSON.parse(JSON.stringify(family.spec))).name).toBe(family.name);
    const again = draw(family.spec, 5);
    expect(again.x).toEqual(x.slice(0, again.x.length));
    expect(again.y).toEqual(y.slice(0, again.y.length));
    expect(draw(spec, 5, 6, 2).x).not.toEqual(again.x);
    const stream = random(1, 'test');
    family.sample({ episodes: 2, points, seed: 1, stream });
    const rest = family.sample({ episodes: 3, points, seed: 1, stream });
    expect(rest.y).toEqual(again.y.slice(2 * points));
  });
  test('tells the truth: noise, weights, and which points are asked', () => {
    expect(x.every(Number.isFinite) && y.every(Number.isFinite)).toBe(true);
    if (noise?.every((sigma) => sigma === 0)) expect(y).toEqual(truth);
    if (noise !== undefined && noise[0]! > 0) {
      const errors = perEpisode(
        y.map((value, at) => value - truth![at]!),
        2000,
        (error) => error ** 2,
      );
      expect(new Set(noise).size).toBe(1);
      expect(Math.abs(excess(errors, noise[0]! ** 2))).toBeLessThan(4);
    }
    let apart = 0;
    if (weights !== undefined)
      for (let at = 0; at < 600; at++) {
        const w = weights.subarray(
          Math.floor(at / points) * inputs,
          Math.floor(at / points) * inputs + inputs,
        );
        const value = w.reduce((sum, weight, j) => sum + weight * x[at * inputs + j]!, 0);
        apart = Math.max(apart, Math.abs(value - truth![at]!));
      }
    expect(apart).toBeLessThan(1e-10);
    expect(episodes.asked ?? 'all').toEqual(
      ['orthant', 'orthogonal-query', 'repeated-query'].includes(spec.family) ? [5] : 'all',
    );
  });
  test('examples are independent of each other, and noise of them', () => {
    const [first, second] = [0, 1].map((k) =>
      column(x, inputs, 0).filter((_, row) => row % points === k % points),
    );
    // An orthant, a covariance or a pair of conjoined inputs is shared by an episode's points; products then tell nothing.
    const products = first!.map((value, e) => value * second![e]!);
    if (!['orthant', 'boolean'].includes(spec.family)) expect(Math.abs(excess(products, 0))).toBeLessThan(4);
    const errors = y.map((value, at) => value - truth![at]!);
    const e1 = column(errors, points, 1);
    if (!['flipped', 'linear-classification'].includes(spec.family))
      for (const other of [
        column(errors, points, 2),
        column(truth!, points, 1),
        column(x, points * inputs, 0),
      ])
        expect(
          Math.abs(
            excess(
              e1.map((value, e) => value * other[e]!),
              0,
            ),
          ),
        ).toBeLessThan(4);
  });
  test.runIf(family.bayes !== undefined)('its Bayes predictor leaves nothing to learn from', async () => {
    expect(await bias(family, episodes)).toBeLessThan(4.5);
  });
});

test('which families know their Bayes predictor, and which their risk', () => {
  const known = (key: 'bayes' | 'risk') =>
    specs.filter((spec) => parseFamily(spec)[key] !== undefined).map(({ family }) => family);
  const without = ['linear-classification', 'relu-network', 'decision-tree', 'outliers', 'flipped'];
  expect(known('bayes')).toEqual(familyNames.filter((name) => !without.includes(name)));
  expect(known('risk')).toEqual(['linear', 'noisy', 'scaled-weights', 'active-inputs']);
});

test.each<[string | Record<string, unknown>, inputs: number, labels: number]>([
  ['sparse-linear', 1, 3],
  [{ family: 'sparse-linear', scale: 2, nonzero: 2 }, 1, 8],
  ['linear-classification', 1, 1],
  ['quadratic', 1, 20],
  ['polynomial', 1 / 3, 1],
  [{ family: 'polynomial', inputs: 3, degree: 2, scale: 2 }, 1 / 3, 4],
  [{ family: 'relu-network', hidden: 20, inputs: 5 }, 1, 5],
  [{ family: 'decision-tree', scale: 2 }, 1, 4],
  // E a² = (low² + low·high + high²)/3, and sin² is ½ on average over a phase of half a turn.
  ['sine', 25 / 3, 25.51 / 6],
  [{ family: 'sine', amplitude: [0.1, 0.5], range: 1 }, 1 / 3, 0.31 / 6],
  ['boolean', 1, 1],
  [{ family: 'redrawn-inputs', of: { family: 'linear', inputs: 3 } }, 1 / 3, 1],
  [{ family: 'redrawn-inputs', scale: 0.5, of: { family: 'linear', inputs: 3 } }, 1 / 12, 1 / 4],
  [{ family: 'redrawn-inputs', distribution: 'laplace', of: { family: 'linear', inputs: 3 } }, 2, 6],
  [{ family: 'redrawn-inputs', distribution: 'exponential', of: { family: 'linear', inputs: 3 } }, 2, 6],
  [{ family: 'redrawn-inputs', distribution: 'normal', scale: 2, of: 'quadratic' }, 4, 16 * 20],
])('mean squares of %j: inputs %d, labels %d', (spec, inputs, labels) => {
  const { x, truth } = draw(spec, 3000);
  const square = (value: number) => value ** 2;
  expect(Math.abs(excess(perEpisode(x, 3000, square), inputs))).toBeLessThan(4);
  expect(Math.abs(excess(perEpisode(truth!, 3000, square), labels))).toBeLessThan(4);
});

describe('sparse-linear', () => {
  test('every set of inputs as often', () => {
    const { weights } = draw({ family: 'sparse-linear', inputs: 4, nonzero: 2 }, 6000, 1);
    const counts = new Map<string, number>();
    for (let e = 0; e < 6000; e++) {
      const key = Array.from(weights!.subarray(4 * e, 4 * e + 4), (w) => (w === 0 ? '.' : 'x')).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000));
  });
  test('Bayes is the mean over sets of Bayesian regression, weighted by the density of the labels', async () => {
    const sigma = 0.5;
    const family = parseFamily({
      family: 'noisy',
      sigma,
      of: { family: 'sparse-linear', inputs: 3, nonzero: 1, scale: 2 },
    });
    const episodes = family.sample({ episodes: 20, points: 5, seed: 1, stream: random(1, 'test') });
    const { values } = await family.bayes!().predict(episodes);
    for (let e = 0; e < 20; e++)
      for (let k = 0; k < 5; k++) {
        let [sum, total] = [0, 0];
        for (let j = 0; j < 3; j++) {
          // One weight, so that Y ~ N(0, τ² v vᵀ + σ² I): determinant and inverse by hand.
          let [vv, vy, yy] = [0, 0, 0];
          for (let i = 0; i < k; i++) {
            const [v, label] = [episodes.x[(e * 5 + i) * 3 + j]!, episodes.y[e * 5 + i]!];
            vv += v * v;
            vy += v * label;
            yy += label * label;
          }
          const ratio = sigma ** 2 / 4;
          const density =
            Math.exp(-(yy - vy ** 2 / (vv + ratio)) / (2 * sigma ** 2)) / Math.sqrt(1 + vv / ratio);
          sum += (density * (episodes.x[(e * 5 + k) * 3 + j]! * vy)) / (vv + ratio);
          total += density;
        }
        expect(Math.abs(values[e * 5 + k]! - sum / total)).toBeLessThan(1e-9);
      }
  });
  test('Bayes without noise is exact from s + 1 examples on, long before least squares', async () => {
    const family = parseFamily({ family: 'sparse-linear', inputs: 10, nonzero: 2 });
    const episodes = family.sample({ episodes: 100, points: 10, seed: 1, stream: random(1, 'test') });
    const { values } = await family.bayes!().predict(episodes);
    const worst = Math.max(
      ...values.map((value, at) => (at % 10 < 4 ? 0 : Math.abs(value - episodes.truth![at]!))),
    );
    expect(worst).toBeLessThan(1e-3);
    expect(parseFamily({ family: 'sparse-linear', inputs: 40, nonzero: 4 }).bayes).toBeUndefined();
  });
});

describe('linear-classification', () => {
  test('logistic labels follow their mean, and the sign those of large weights', () => {
    const { y, truth } = draw({ family: 'linear-classification', labels: 'logistic', inputs: 2 });
    expect(new Set(y)).toEqual(new Set([-1, 1]));
    const sure = Array.from(y).filter((_, at) => truth![at]! > 0.5);
    const means = Array.from(truth!).filter((mean) => mean > 0.5);
    expect(
      Math.abs(
        excess(
          sure.map((label, i) => label - means[i]!),
          0,
        ),
      ),
    ).toBeLessThan(4);
    const [hard, steep] = [{}, { labels: 'logistic', scale: 1e6 }].map(
      (more) => draw({ family: 'linear-classification', inputs: 2, ...more }, 200, 1).truth,
    );
    expect(hard!.filter((value, e) => Math.abs(value - steep![e]!) > 1e-6).length).toBeLessThan(200);
    expect(new Set(hard)).toEqual(new Set([-1, 1]));
  });
});

describe('polynomial', () => {
  test('features are orthonormal under the inputs', () => {
    const { count, write } = legendre(2, 3);
    expect(count).toBe(10);
    const phi = new Float64Array(count);
    const products = new Float64Array(count * count);
    // The middles of 100 × 100 squares; the sum is within 1e-3 of the integral.
    for (let i = 0; i < 10_000; i++) {
      write(Float64Array.of(((i % 100) + 0.5) / 50 - 1, (Math.floor(i / 100) + 0.5) / 50 - 1), 0, phi);
      for (let p = 0; p < count; p++)
        for (let q = 0; q < count; q++) products[p * count + q]! += (phi[p]! * phi[q]!) / 10_000;
    }
    products.forEach((value, at) => {
      expect(Math.abs(value - (at % (count + 1) === 0 ? 1 : 0))).toBeLessThan(5e-3);
    });
  });
  test('a fit of as many examples as terms is exact', async () => {
    const family = parseFamily({ family: 'polynomial', inputs: 2, degree: 2 });
    const episodes = family.sample({ episodes: 50, points: 8, seed: 1, stream: random(1, 'test') });
    const { values } = await family.bayes!().predict(episodes);
    const errors = values.map((value, at) => Math.abs(value - episodes.truth![at]!));
    expect(Math.max(...errors.filter((_, at) => at % 8 >= 6))).toBeLessThan(1e-6); // six terms
    expect(Math.max(...errors.filter((_, at) => at % 8 === 5))).toBeGreaterThan(1e-3);
  });
});

test('fourier: near a Gaussian process with a squared exponential kernel', () => {
  const { x, truth } = draw({ family: 'fourier', features: 512, length: 2, inputs: 2 }, 4000, 2);
  for (const [near, far] of [
    [0, 1],
    [1, 2],
    [2, 4],
  ] as const) {
    const gaps: number[] = [];
    for (let e = 0; e < 4000; e++) {
      const [a, b, c, d] = x.subarray(4 * e, 4 * e + 4);
      const distance = Math.hypot(a! - c!, b! - d!);
      if (distance < near || distance >= far) continue;
      gaps.push(truth![2 * e]! * truth![2 * e + 1]! - Math.exp(-(distance ** 2) / 8));
    }
    expect(gaps.length).toBeGreaterThan(500);
    expect(Math.abs(gaps.reduce((a, b) => a + b, 0) / gaps.length)).toBeLessThan(0.12);
  }
});

test('decision-tree: labels depend on signs alone, and are those of at most 2^depth leaves', () => {
  const tree = { family: 'decision-tree', inputs: 6, depth: 3 };
  const { y } = draw(tree, 50, 100);
  for (let e = 0; e < 50; e++) {
    const labels = new Set(y.subarray(100 * e, 100 * e + 100));
    expect(labels.size).toBeLessThanOrEqual(8);
    expect(labels.size).toBeGreaterThan(2);
  }
  expect(draw({ family: 'scaled-inputs', by: 7, of: tree }, 50).y).toEqual(draw(tree, 50).y);
  // At depth 0 there is one leaf; each further question must matter.
  const distinct = [0, 1, 2].map((depth) => new Set(draw({ ...tree, depth }, 1, 200).y).size);
  expect(distinct).toEqual([1, 2, 4]);
});

test('relu-network: doubling the input doubles the label, and yet it is not linear', async () => {
  const network = { family: 'relu-network', inputs: 4, hidden: 8 };
  const episodes = draw(network, 200, 31);
  const doubled = draw({ family: 'scaled-inputs', by: 2, of: network }, 200, 31).y;
  expect(doubled.every((value, at) => Math.abs(value - 2 * episodes.y[at]!) < 1e-9)).toBe(true);
  const { values } = await parseLearner('ols').predict(episodes);
  const errors = column(episodes.y, 31, 30).map((value, e) => (value - values[e * 31 + 30]!) ** 2);
  expect(excess(errors, 0.5)).toBeGreaterThan(4); // of a variance of 4
});

test('sine: a sum of a sine and a cosine, with amplitudes and phases as said', () => {
  const { x, y } = draw('sine', 500, 3);
  let [least, most] = [9, 0];
  for (let e = 0; e < 500; e++) {
    const at = 3 * e;
    const [s0, c0, s1, c1] = [Math.sin(x[at]!), Math.cos(x[at]!), Math.sin(x[at + 1]!), Math.cos(x[at + 1]!)];
    const determinant = s0 * c1 - s1 * c0;
    const p = (y[at]! * c1 - y[at + 1]! * c0) / determinant;
    const q = (s0 * y[at + 1]! - s1 * y[at]!) / determinant;
    expect(Math.abs(p * Math.sin(x[at + 2]!) + q * Math.cos(x[at + 2]!) - y[at + 2]!)).toBeLessThan(1e-6);
    expect(q).toBeGreaterThan(-1e-6); // a sin φ, and φ is within half a turn
    [least, most] = [Math.min(least, Math.hypot(p, q)), Math.max(most, Math.hypot(p, q))];
  }
  expect(least).toBeGreaterThan(0.1 - 1e-6);
  expect(least).toBeLessThan(0.2);
  expect(most).toBeLessThan(5 + 1e-6);
  expect(most).toBeGreaterThan(4.8);
});

test('sine: after one example Bayes is the mean over all that goes through it', async () => {
  const family = parseFamily({ family: 'sine', amplitude: [1, 3] });
  const episodes = family.sample({ episodes: 300, points: 2, seed: 1, stream: random(1, 'test') });
  const { values } = await family.bayes!().predict(episodes);
  for (let e = 0; e < 300; e++) {
    const [x1, x2] = episodes.x.subarray(2 * e, 2 * e + 2);
    let [sum, total] = [0, 0];
    for (let i = 0; i < 20_000; i++) {
      const phase = (Math.PI * (i + 0.5)) / 20_000;
      const a = episodes.y[2 * e]! / Math.sin(x1! + phase);
      if (a < 1 || a > 3) continue;
      sum += (a * Math.sin(x2! + phase)) / Math.abs(Math.sin(x1! + phase));
      total += 1 / Math.abs(Math.sin(x1! + phase));
    }
    // Labels near 0 leave a narrow range of phases, which the sum meets seldom.
    if (total > 500) expect(Math.abs(values[2 * e + 1]! - sum / total)).toBeLessThan(0.02);
  }
});

describe('boolean', () => {
  const share = (spec: object) => {
    const { y } = draw({ family: 'boolean', inputs: 8, ...spec }, 3000);
    expect(new Set(y)).toEqual(new Set([-1, 1]));
    return perEpisode(y, 3000, (label) => (label > 0 ? 1 : 0));
  };
  const binomial = (n: number, s: number): number => (s === 0 ? 1 : (binomial(n, s - 1) * (n - s + 1)) / s);
  test('conjunctions hold in 30 % of the points, and in 2^−s of the rest', () => {
    expect(Math.abs(excess(share({}), 0.3 + 0.7 * 0.85 ** 8))).toBeLessThan(4);
    expect(Math.abs(excess(share({ positive: 0, literals: 0.5 }), 0.75 ** 8))).toBeLessThan(4);
  });
  test('half of the literals of a conjunction are negated', () => {
    // Points that are made to satisfy it have its signs.
    const { x } = draw({ family: 'boolean', inputs: 8, positive: 0.9 }, 3000);
    expect(Math.abs(excess(perEpisode(x, 3000), 0))).toBeLessThan(4);
  });
  test('majorities hold where more than half of what takes part is 1', () => {
    let expected = 0;
    for (let s = 0; s <= 8; s++)
      for (let ones = 0; ones <= s; ones++)
        if (2 * ones > s)
          expected += binomial(8, s) * 0.3 ** s * 0.7 ** (8 - s) * binomial(s, ones) * 0.5 ** s;
    expect(Math.abs(excess(share({ rule: 'majority' }), expected))).toBeLessThan(4);
  });
  test('parities are odd: one of the pairs explains every label', async () => {
    const family = parseFamily({ family: 'boolean', rule: 'sparse-parity', inputs: 5 });
    const { x, y } = family.sample({ episodes: 30, points: 40, seed: 1, stream: random(1, 'test') });
    for (let e = 0; e < 30; e++) {
      let explained = 0;
      for (let i = 0; i < 5; i++)
        for (let j = 0; j < i; j++) {
          const wrong = Array.from({ length: 40 }, (_, k) => e * 40 + k).filter(
            (at) => x[at * 5 + i]! * x[at * 5 + j]! !== -y[at]!,
          );
          if (wrong.length === 0) explained++;
        }
      expect(explained).toBe(1);
    }
    expect(parseFamily('boolean').bayes).toBeUndefined();
  });
  test('Bayes: what is certain is predicted as such', async () => {
    for (const rule of ['conjunction', 'majority', 'sparse-parity']) {
      const family = parseFamily({ family: 'boolean', rule, inputs: 5 });
      const episodes = family.sample({ episodes: 50, points: 60, seed: 1, stream: random(1, 'test') });
      const { values } = await family.bayes!().predict(episodes);
      const late = values.map((value, at) => (at % 60 < 55 ? 0 : Math.abs(value - episodes.truth![at]!)));
      expect(late.reduce((a, b) => a + b, 0) / 250).toBeLessThan(0.05);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
    }
  });
});

describe('pooled', () => {
  const of = { family: 'linear', inputs: 3, noise: 0.5 };
  test('episodes take the tasks of the pool, each as often; a larger pool begins with them', () => {
    const { weights } = draw({ family: 'pooled', tasks: 4, of }, 4000, 1);
    const firsts = column(weights!, 3, 0);
    const counts = [...new Set(firsts)].map((w) => firsts.filter((other) => other === w).length);
    expect(counts).toHaveLength(4);
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(750));
    const poolOf = (tasks: number, seed = 0) =>
      (parseFamily({ family: 'pooled', tasks, seed, of }) as PooledFamily)
        .pool()
        .map((task) => task.weights![0]);
    expect(new Set(poolOf(4))).toEqual(new Set(firsts));
    expect(poolOf(8).slice(0, 4)).toEqual(poolOf(4));
    expect(poolOf(4, 1)).not.toEqual(poolOf(4));
  });
  test('Bayes is the mean of the pool under softmax of −Σ(y − wᵀx)²/2σ²', async () => {
    const family = parseFamily({ family: 'pooled', tasks: 5, of }) as PooledFamily;
    const episodes = family.sample({ episodes: 20, points: 5, seed: 1, stream: random(1, 'test') });
    const { values } = await family.bayes!().predict(episodes);
    const label = (w: Float64Array, at: number) =>
      w.reduce((sum, weight, j) => sum + weight * episodes.x[at * 3 + j]!, 0);
    for (let at = 0; at < 100; at++) {
      let [sum, total] = [0, 0];
      for (const { weights } of family.pool()) {
        let errors = 0;
        for (let i = at - (at % 5); i < at; i++) errors += (episodes.y[i]! - label(weights!, i)) ** 2;
        sum += Math.exp(-errors / 0.5) * label(weights!, at);
        total += Math.exp(-errors / 0.5);
      }
      expect(Math.abs(values[at]! - sum / total)).toBeLessThan(1e-9);
    }
  });
  test('Bayes without noise knows the task after one example, and any family can be pooled', async () => {
    for (const inner of ['linear', 'relu-network', 'decision-tree', 'sine']) {
      const family = parseFamily({ family: 'pooled', tasks: 8, of: inner });
      const episodes = family.sample({ episodes: 20, points: 3, seed: 1, stream: random(1, 'test') });
      const { values } = await family.bayes!().predict(episodes);
      for (let at = 0; at < 60; at++)
        if (at % 3 > 0) expect(Math.abs(values[at]! - episodes.truth![at]!)).toBeLessThan(1e-9);
    }
  });
  test('labels that no task of the pool can give leave a finite answer', async () => {
    const family = parseFamily({ family: 'pooled', tasks: 8, of: { family: 'linear', inputs: 3 } });
    const episodes = { ...draw(of, 10), y: new Float64Array(60) };
    expect((await family.bayes!().predict(episodes)).values.every(Number.isFinite)).toBe(true);
  });
});

test('Bayes predictors beat what they must beat', async () => {
  for (const [spec, rival] of [
    [{ family: 'sparse-linear', inputs: 6, nonzero: 1 }, bayes({ sigma: 0 })],
    [{ family: 'pooled', tasks: 16, of: { family: 'linear', inputs: 6 } }, bayes({ sigma: 0 })],
    [{ family: 'quadratic', inputs: 4 }, parseLearner('ridge:1:intercept')],
    [{ family: 'polynomial', degree: 3 }, parseLearner('knn:1')],
    [{ family: 'boolean', inputs: 6 }, parseLearner('knn:3')],
  ] as const) {
    const family = parseFamily(spec);
    const episodes = draw(spec, 1000, 8, 3);
    const [ours, theirs] = await Promise.all(
      [family.bayes!(), rival].map(async (learner) => {
        const { values } = await learner.predict(episodes);
        return values.map((value, at) => (value - episodes.truth![at]!) ** 2);
      }),
    );
    expect(
      excess(
        perEpisode(
          ours!.map((error, at) => error - theirs![at]!),
          1000,
        ),
        0,
      ),
    ).toBeLessThan(-4);
  }
});

test.each<[unknown, string]>([
  [
    { family: 'sparse-linear', nonzero: 21 },
    'invalid family sparse-linear: nonzero: is more than there are inputs; raise inputs or lower nonzero',
  ],
  [{ family: 'sine', inputs: 2 }, 'invalid family sine: inputs: must be 1: a sine has one input'],
  [
    { family: 'polynomial', inputs: 20, degree: 4 },
    'invalid family polynomial: degree: 20 inputs have 10626 terms, and at most 512 are allowed; lower degree or inputs',
  ],
  [
    { family: 'boolean', rule: 'parity' },
    'invalid family boolean: rule: must be "conjunction", "majority" or "sparse-parity"',
  ],
  [
    { family: 'decision-tree', dept: 3 },
    'invalid family decision-tree: unknown key "dept": did you mean "depth"? Keys: family, inputs, depth, scale',
  ],
  [
    { family: 'pooled', of: 'boolean' },
    'unsupported of of family pooled: "boolean": it draws inputs for its own task; set positive to 0 in it',
  ],
])('%j is refused', (spec, message) => {
  expect(() => parseFamily(spec)).toThrow(
    expect.objectContaining({ name: 'IcicleError', exitCode: 2, message }),
  );
});

describe('docs/families.md', () => {
  const page = readText('docs', 'families.md');
  test.each(specs)('has a row for $family that names every option', (spec) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${spec.family}\``));
    expect(row).toBeDefined();
    const { family: _, of: __, ...options } = parseFamily(spec).spec;
    // A sine has one input, which cannot be set.
    const keys = Object.keys(options).filter((key) => spec.family !== 'sine' || key !== 'inputs');
    expect(keys.filter((key) => !row!.includes(`\`${key}\``))).toEqual([]);
  });
  test('gives specs that can be parsed', () => {
    const examples = [...page.matchAll(/`(\{.*?\})`/g)].map(([, json]) => json!);
    expect(examples.length).toBeGreaterThan(7);
    for (const json of examples) expect(parseFamily(JSON.parse(json)).inputs).toBeGreaterThan(0);
  });
});
