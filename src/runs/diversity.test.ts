import { describe, expect, it } from 'vitest';
import type { Learner } from '../core/episodes.js';
import { parseLearner, ridge } from '../learners/index.js';
import { parseFamily } from '../tasks/index.js';
import { type Diversity, diversityRuns, parseDiversity, recallOf, turningPoint } from './diversity.js';

const family = { family: 'pooled', tasks: 4, of: { family: 'linear', inputs: 3, noise: 0.5 } };
const settings = { points: 7, episodes: 100, seed: 1, run: 'abc' };
const recaller = (): Learner => ({ ...parseLearner('dmmse', parseFamily(family)), name: 'it' });
const learns = (): Learner => ({ ...ridge({ lambda: 0.25 }), name: 'it' });
const of = ({ rows }: Diversity, place: string, reference: string) =>
  rows.find((row) => row.family === place && row.reference === reference && row.metric === 'spd/d@1-6')!
    .value;

describe('recalling and learning', () => {
  it('are told apart', async () => {
    const recalled = await recallOf(recaller(), family, settings);
    expect(recalled).toMatchObject({ pool: 4, verdict: 'recalls' });
    expect(of(recalled, 'new', 'dmmse')).toBe(0);
    expect(of(recalled, 'new', 'ridge')).toBeGreaterThan(0.1);
    const learned = await recallOf(learns(), family, settings);
    expect(learned.verdict).toBe('learns');
    expect(of(learned, 'new', 'ridge')).toBe(0);
    expect(of(learned, 'pool', 'ridge')).toBe(0);
  });

  it('are not told apart half-way', async () => {
    const [a, b] = [recaller(), learns()];
    const halfway: Learner = {
      name: 'it',
      predict: async (episodes) => {
        const [u, v] = [await a.predict(episodes), await b.predict(episodes)];
        return { ...u, values: u.values.map((value, i) => (value + v.values[i]!) / 2) };
      },
    };
    expect((await recallOf(halfway, family, settings)).verdict).toBe('in between');
  });

  it('need a pool of linear tasks under noise', async () => {
    const of = { ...family.of, noise: 0 };
    await expect(recallOf(learns(), { ...family, of }, settings)).rejects.toThrow(
      /one level of noise above 0/,
    );
    expect(() => parseDiversity({ pool: [2], noise: 0 })).toThrow(/it must be above 0/);
  });
});

describe('a diversity experiment', () => {
  it('is a run for each size of the pool, told apart by nothing else', () => {
    const runs = diversityRuns(
      parseDiversity({ pool: [2, 16], steps: 7, train: { model: { layers: 2 }, optimiser: 'adam' } }),
    );
    expect(runs.map(({ train }) => train.family.tasks)).toEqual([2, 16]);
    const [a, b] = runs.map(({ train }) => ({ ...train, family: { ...train.family, tasks: 0 } }));
    expect(a).toEqual(b);
    expect(a).toMatchObject({
      steps: 7,
      optimiser: 'adam',
      model: { layers: 2, width: 32, inputs: 8, points: 16 },
    });
  });

  it('turns where recalling ends and learning begins, once', () => {
    const found = (...verdicts: Diversity['verdict'][]) =>
      verdicts.map((verdict, i): Diversity => ({ pool: 2 ** i, run: '', rows: [], verdict }));
    expect(turningPoint(found('recalls', 'recalls', 'in between', 'learns'))).toEqual([2, 8]);
    expect(turningPoint(found('recalls', 'learns', 'recalls', 'learns'))).toBeUndefined();
    expect(turningPoint(found('learns', 'learns'))).toBeUndefined();
    expect(turningPoint(found('recalls', 'recalls'))).toBeUndefined();
  });
});
