import { describe, expect, it } from 'vitest';
import type { Learner } from '../core/episodes.js';
import { knn, ols, ridge } from '../learners/index.js';
import { identify } from './identify.js';

const family = { family: 'linear', inputs: 3 };
const settings = { episodes: 128, trials: 200 };
const fitted = async (learner: string, metric: string) => {
  const { rows } = await identify({ family, learner, ...settings });
  return rows.find((row) => row.metric === `${metric}@1-6`)!;
};
/** Half of one learner's prediction and half of another's. */
const halfway = (a: Learner, b: Learner): Learner => ({
  name: 'halfway',
  predict: async (episodes) => {
    const [u, v] = [await a.predict(episodes), await b.predict(episodes)];
    return { ...u, values: u.values.map((value, i) => 0.5 * value + 0.5 * v.values[i]!) };
  },
});

describe('identify', () => {
  it.each(['zero', 'mean', 'averaging', 'knn:3', 'knn:3:weighted', 'sgd:0.01', 'gd:1', 'ridge:0.1'])(
    'says that %s is itself',
    async (learner) => {
      const { verdicts } = await identify({ family, learner, ...settings });
      const overall = verdicts.at(-1)!;
      expect(overall).toMatchObject({ overall: true, examples: 6, nearest: learner, indistinguishable: [] });
      expect(overall.distance.value).toBe(0);
      expect(overall.margin.low).toBeGreaterThan(0);
    },
  );

  it('names learners that predict the same as one', async () => {
    const clean = await identify({ family, learner: 'ols', ...settings });
    expect(clean.verdicts.at(-1)!.nearest).toBe('ols = bayes');
    const noisy = await identify({ family: { ...family, noise: 0.5 }, learner: 'ridge:0.25', ...settings });
    expect(noisy.verdicts.at(-1)).toMatchObject({ nearest: 'bayes', distance: { value: 0 } });
  });

  it('does not pretend certainty about a mixture of two', async () => {
    const both = halfway(ols(), knn({ k: 3 }));
    const { verdicts } = await identify(
      { family, learner: 'halfway', candidates: ['ols', 'knn:3', 'mean'], ...settings },
      { learners: [both] },
    );
    const { nearest, indistinguishable, mixture, alone } = verdicts.at(-1)!;
    expect([nearest, ...indistinguishable].sort()).toEqual(['knn:3', 'ols']);
    expect([nearest, mixture?.of].sort()).toEqual(['knn:3', 'ols']);
    expect(mixture!.weight.value).toBeCloseTo(0.5);
    expect(alone).toBe(false);
  });

  it('finds the parameter of a learner that has one', async () => {
    const lambda = await fitted('ridge:0.3', 'best-ridge-λ');
    expect(lambda.value).toBeGreaterThan(0.27);
    expect(lambda.value).toBeLessThan(0.33);
    expect(lambda.low).toBeLessThanOrEqual(lambda.value);
    expect(lambda.high).toBeGreaterThanOrEqual(lambda.value);
    expect(await fitted('gd:8', 'best-gd-steps')).toMatchObject({ value: 8, low: 8, high: 8 });
    expect(await fitted('newton:5', 'best-newton-steps')).toMatchObject({ value: 5, low: 5, high: 5 });
  });

  it('gives the same rows again, and others for another seed', async () => {
    const ask = (seed: number) =>
      identify(
        { family, learner: 'wobbly', candidates: ['ols', 'mean'], seed, ...settings },
        { learners: [wobbly] },
      );
    const wobbly: Learner = { ...ridge({ lambda: 0.2 }), name: 'wobbly' };
    expect(await ask(1)).toEqual(await ask(1));
    expect((await ask(2)).rows).not.toEqual((await ask(1)).rows);
  });

  it('measures the points that a family asks', async () => {
    const of = { family: 'linear', inputs: 4 };
    const ask = (options: object) =>
      identify({
        family: { family: 'orthogonal-query', of },
        learner: 'knn:3',
        points: 4,
        ...settings,
        ...options,
      });
    const { rows, verdicts } = await ask({});
    expect(new Set(rows.map(({ examples }) => examples))).toEqual(new Set([3]));
    expect(new Set(rows.map(({ metric }) => metric.split('@')[1]))).toEqual(new Set([undefined, '3-3']));
    // Three examples say nothing about a direction orthogonal to them: every linear learner predicts 0 there.
    const [here, overall] = verdicts;
    expect(verdicts).toHaveLength(2);
    expect(here!.distance).toEqual(overall!.distance);
    const linear = 'zero = averaging = sgd:0.01 = gd:1 = ridge:0.1 = ols = bayes';
    expect(rows.some(({ reference }) => reference === linear)).toBe(true);
    expect((await ask({ learner: 'ols' })).verdicts.at(-1)!.nearest).toBe(linear);
    // What is measured there is no mean over other points.
    const spd = (metric: string) =>
      rows.find((row) => row.metric === metric && row.reference === 'knn:3:weighted')!.value;
    expect(spd('spd/d@3-3')).toBe(spd('spd/d'));
  });

  it('refuses what cannot be identified', async () => {
    await expect(identify({ family, learner: 'oks' })).rejects.toThrow(
      /unknown learner "oks": did you mean "ols"/,
    );
    await expect(identify({ family, learner: 'ols', candidates: ['ols'] })).rejects.toThrow(
      /at least two candidates/,
    );
    await expect(identify({ family, learner: 'ols', episods: 3 } as never)).rejects.toThrow(
      /did you mean "episodes"/,
    );
  });
});
