import { describe, expect, it } from 'vitest';
import { diversity } from './diversity.js';
import { findingOf } from './finding.test.helper.js';
import type { Claim } from './index.js';
import { noise } from './noise.js';

describe('each claim, of textbook learners', () => {
  it('noise: the Bayes predictor is ridge with λ = σ²/τ², least squares is not', async () => {
    expect((await findingOf(noise, () => 'bayes')).support).toBe('supported');
    const { support, got } = await findingOf(noise, () => 'ridge:0.25');
    expect(support).toBe('not supported');
    expect(got).toMatch(/in 1 of 5/);
  }, 60_000);

  it('diversity: recalls up to a pool, learns from one on', async () => {
    const turning = (plan: Claim['plans'][number]) =>
      (plan.family.tasks as number) <= 64 ? 'dmmse' : 'ridge:0.25';
    const { support, got } = await findingOf(diversity, turning);
    expect(support).toBe('supported');
    expect(got).toMatch(/up to 64 tasks and learns from 256/);
    expect((await findingOf(diversity, () => 'ridge:0.25')).support).toBe('not supported');
  }, 60_000);
});
