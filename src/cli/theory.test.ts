import { describe, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';

describe('icicle theory', () => {
  it('shows expectations beside simulations, and where there is no mean', async () => {
    const { code, out } = await captured(['theory', '--dims', '4', '--noise', '0.5', '--episodes', '500']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ols +4 +∞ .* no mean/m);
    expect(out).toMatch(/^averaging +4 +1\.313 /m); // (d + 1 + σ²)/n
    expect(out).toMatch(/^ols +6 +0\.2500? .* no variance/m); // σ²/(n − d − 1)
    expect(out).toMatch(
      /^Of 57 means, \d lie beyond 3 standard errors \(0\.15 expected by chance\) and \d+ beyond 2 \(2\.6 expected\)/m,
    );
  });

  it('prints rows, and refuses what is no setting', async () => {
    const { out } = await captured(['theory', '--dims', '2', '--episodes', '100', '--json']);
    expect(JSON.parse(out)[0]).toMatchObject({ learner: 'ols', examples: 1, expected: 0.5 });
    const wrong = await captured(['theory', '--dims', '1']);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/invalid --dims/)]);
  });
});
