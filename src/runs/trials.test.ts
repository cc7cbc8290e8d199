import { expect, it } from 'vitest';
import { learnerUsage } from '../learners/index.js';
import { SETTINGS } from './trial-settings.js';
import { judgeLearners, judgeMixtures, type MixtureOutcome, type Outcome, tally, trials } from './trials.js';

/** Learners that grow anew for each prefix take most of the time; `trials.slow.test.ts` has them too. */
const SLOW = /^(boost|tree|ridge:loo|gd:8:optimal)/;

it.each(['linear', 'noisy'])(
  'identification names every learner on %s episodes',
  { timeout: 200_000 },
  async (name) => {
    const { family, learners } = SETTINGS[name]!;
    const setting = { family, learners: learners.filter((learner) => !SLOW.test(learner)) };
    const outcomes: Outcome[] = [];
    const mixtures: MixtureOutcome[] = [];
    for await (const trial of trials(setting, { trials: 10, episodes: 128, seed: 1 })) {
      outcomes.push(...judgeLearners(trial, [0, 0.01]));
      if (trial.seed < 3) mixtures.push(...judgeMixtures(trial));
    }
    const tallies = tally(outcomes);
    expect(tallies).toHaveLength(2 * setting.learners.length);
    for (const { learner, error, trials: all, right, alone } of tallies) {
      expect([learner, error, right]).toEqual([learner, error, all]);
      if (error === 0) expect([learner, alone]).toEqual([learner, all]);
    }
    // Half of each of knn:3 and knn:3:weighted is nearly what knn:3:inverse predicts.
    const certain = mixtures.filter(({ verdict }) => verdict.alone);
    expect(certain.filter(({ of }) => of[0] !== 'knn:3')).toEqual([]);
    for (const { verdict } of certain) {
      expect(verdict.nearest).toBe('knn:3:inverse');
      expect(verdict.distance.value).toBeLessThan(0.001);
    }
  },
);

it('the settings have every textbook learner', () => {
  const names = Object.values(SETTINGS).flatMap(({ learners }) =>
    learners.map((name) => name.split(':')[0]!),
  );
  expect(Object.keys(learnerUsage).filter((name) => !names.includes(name))).toEqual([]);
});

it('counts what was named', () => {
  const verdict = {
    examples: 4,
    overall: true,
    nearest: 'ols = bayes',
    distance: { value: 0, low: 0, high: 0 },
    share: 1,
    margin: { value: 1, low: 1, high: 1 },
    indistinguishable: [],
    alone: true,
  };
  const of = (nearest: string, alone = true) => ({
    learner: 'ols',
    error: 0,
    verdict: { ...verdict, nearest, alone },
  });
  expect(tally([of('ols'), of('gd:8'), of('ols = bayes', false), of('mean'), of('gd:8')])).toEqual([
    {
      learner: 'ols',
      error: 0,
      trials: 5,
      right: 2,
      alone: 1,
      mistaken: [
        { name: 'gd:8', times: 2 },
        { name: 'mean', times: 1 },
      ],
    },
  ]);
});
