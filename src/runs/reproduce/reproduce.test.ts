import { describe, expect, it } from 'vitest';
import { findingOf } from './finding.test.helper.js';
import { type Claim, claims, claimsNamed } from './index.js';
import { match } from './match.js';
import { noise } from './noise.js';
import { oneStep } from './one-step.js';
import { depth, width } from './size.js';
import { smallest } from './smallest.js';

describe('the ledger of claims', () => {
  it('knows each claim by name, and all as outside', () => {
    expect(claimsNamed(['outside'])).toEqual(claims);
    expect(claimsNamed(['noise', 'match', 'noise']).map(({ id }) => id)).toEqual(['match', 'noise']);
    expect(() => claimsNamed(['dept'])).toThrow(/depth/);
  });

  it('trains one model once, though two claims speak of it', () => {
    expect(noise.plans).toContainEqual(match.plans[0]);
    expect(
      depth.plans.filter((plan) =>
        width.plans.some(
          (other) =>
            other.model.layers === plan.model.layers &&
            other.model.width === plan.model.width &&
            other.steps === plan.steps,
        ),
      ),
    ).toHaveLength(2);
  });
});

describe('each claim, of textbook learners', () => {
  it('match: least squares matches, ridge is told from it', async () => {
    expect((await findingOf(match, () => 'ols')).support).toBe('supported');
    const { support, got } = await findingOf(match, () => 'ridge:0.1');
    expect(support).toBe('not supported');
    expect(got).toMatch(/to ridge:0.1 and/);
  }, 60_000);

  it('depth and width: in the paper’s order, or not', async () => {
    const inOrder = ({ model: { layers } }: { model: { layers: number } }) =>
      layers === 1 ? 'gd:1' : layers < 8 ? 'ridge:0.1' : 'ols';
    expect((await findingOf(depth, inOrder)).support).toBe('supported');
    expect((await findingOf(depth, ({ model }) => (model.layers < 8 ? 'gd:1' : 'ols'))).support).toBe(
      'supported in part',
    );
    expect((await findingOf(depth, () => 'ols')).support).toBe('not supported');
    // A model that predicts 0 is not like gradient descent.
    expect(
      (await findingOf(depth, (spec) => (spec.model.layers === 1 ? 'zero' : inOrder(spec)))).support,
    ).toBe('supported in part');
    expect((await findingOf(width, ({ model }) => (model.width < 16 ? 'gd:1' : 'ridge:0.1'))).support).toBe(
      'supported',
    );
    expect((await findingOf(width, () => 'gd:1')).support).toBe('not supported');
  }, 60_000);

  it('smallest: sizes that rise with d, or do not', async () => {
    const rising = ({ model: { inputs, layers, width } }: Claim['plans'][number]) =>
      layers >= 2 * inputs && width >= 8 * inputs ? 'ols' : 'ridge:0.1';
    const { support, got } = await findingOf(smallest, rising);
    expect(support).toBe('supported');
    expect(got).toBe('d = 1: layers 2, width 8; d = 2: layers 4, width 16; d = 4: layers 8, width 32.');
    expect((await findingOf(smallest, () => 'ridge:0.1')).support).toBe('not supported');
    // Nothing needs more than the smallest size: models match, and need not grow.
    expect((await findingOf(smallest, () => 'ols')).support).toBe('supported in part');
  }, 60_000);

  it('one step: gradient descent has the loss of the closed form, within three standard errors', async () => {
    const { support, got, tables } = await findingOf(oneStep, () => 'gd:1:0.303');
    expect(support).toBe('supported');
    expect(got).toMatch(/0\.20623 in expectation/);
    const [, value, { low, high }, expected] = tables[0]!.rows[1] as [
      string,
      number,
      { low: number; high: number },
      number,
    ];
    expect(Math.abs(value - expected)).toBeLessThan((3 * (high - low)) / (2 * 1.645));
    expect((await findingOf(oneStep, () => 'zero')).support).toBe('not supported');
  }, 60_000);
});
