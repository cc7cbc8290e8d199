import { expect, it } from 'vitest';
import { SETTINGS } from './trial-settings.js';
import { judgeLearners, type Outcome, tally, trials } from './trials.js';

it.each(Object.keys(SETTINGS))(
  'identification names every learner in at least 99 of 100 trials on %s episodes',
  { timeout: 1_800_000 },
  async (name) => {
    const outcomes: Outcome[] = [];
    for await (const trial of trials(SETTINGS[name]!, { trials: 100, episodes: 128, seed: 1 }))
      outcomes.push(...judgeLearners(trial, [0, 0.01]));
    const tallies = tally(outcomes);
    expect(tallies).toHaveLength(2 * SETTINGS[name]!.learners.length);
    expect(tallies.filter(({ right }) => right < 99)).toEqual([]);
  },
);
