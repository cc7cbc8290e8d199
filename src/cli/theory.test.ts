import { describe, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';

describe('icicle theory', () => {
  it('shows expectations beside simulations, and where there is no mean', async () => {
    const { code, out } = await captured(['theory', '--dims', '4', '--noise', '0.5', '--episodes', '500']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ols +4 +∞ .* no mean/m);
    expect(out).toMatch(/^averaging +4 +1\.313 /m); // (d + 1 + σ²)/n
    expect(out).toMatch(/\d+ of \d+ means are within two standard errors/);
  });

  it('prints rows, and refuses what is no setting', async () => {
    const { out } = await captured(['theory', '--dims', '2', '--episodes', '100', '--json']);
    expect(JSON.parse(out)[0]).toMatchObject({ learner: 'ols', examples: 1, expected: 0.5 });
    const wrong = await captured(['theory', '--dims', '1']);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/invalid --dims/)]);
  });
});
