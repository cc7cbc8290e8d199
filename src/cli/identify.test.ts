import { describe, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';

const quick = ['--dims', '3', '--episodes', '64'];

describe('icicle identify', () => {
  it('says which textbook learner a textbook learner is', async () => {
    const { code, out } = await captured(['identify', 'ridge:0.1', ...quick]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Over 1…6 examples ridge:0.1 predicts most like ridge:0.1: SPD ÷ d is 0 \(0…0\)\. The next one is .* farther\. It is the nearest in 100 % of the episodes\.\n/,
    );
    expect(out).toMatch(/λ of ridge +0\.(09[89]|10)/);
  });

  it('says what a model resembles, and that it is frozen', async () => {
    const { out } = await captured(['identify', 'models/any', ...quick, '--noise', '0.5']);
    expect(out).toMatch(/stand-in predicts most like bayes/);
    expect(out).toMatch(/Model stand-in: 1,234,567 parameters, SHA-256 abab.*frozen/);
  });

  it('speaks of the point that a family asks', async () => {
    const family = '{"family": "repeated-query", "of": {"family": "linear", "inputs": 3}}';
    const { out } = await captured(['identify', 'ridge:0.1', '--family', family, '--examples', '4']);
    expect(out).toMatch(/^With 4 examples ridge:0.1 predicts most like ridge:0.1/);
    expect(out).toMatch(/\nMean with 4 examples:\n/);
  });

  it('prints its rows', async () => {
    const { out } = await captured(['identify', 'gd:4', ...quick, '--json', '--candidates', 'ols,mean']);
    const rows = JSON.parse(out) as { learner: string; reference?: string; metric: string; value: number }[];
    expect(rows.find(({ metric }) => metric === 'best-gd-steps@1-6')).toMatchObject({
      learner: 'gd:4',
      value: 4,
    });
    expect(new Set(rows.map(({ reference }) => reference))).toEqual(new Set(['ols', 'mean', undefined]));
  });

  it.each([
    [['identify'], /^error: missing learner/],
    [['identify', 'ols', '--family', 'linaer'], /unknown family "linaer": did you mean "linear"/],
    [['identify', 'ols', '--family', '{"family":'], /invalid --family: .*write a name, or JSON such as/],
    [['identify', 'ols', '--set', 'inputz=3'], /unknown key "inputz": did you mean "inputs"/],
    [['identify', 'ols', '-o', 'a.png'], /it must end in .svg/],
  ])('refuses %j', async (argv, cause) => {
    const { code, out, err } = await captured(argv);
    expect(err).toMatch(cause);
    expect([code, out]).toEqual([2, '']);
  });
});
