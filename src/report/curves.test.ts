import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Measurement } from '../core/measurement.js';
import { axisNumber, logDomain, logTicks, wholeTicks } from './axis.js';
import { curveCaption, metricLabel } from './caption.js';
import { curves } from './curves.js';
import { emptyDocument } from './document.js';
import { spreadApart, wrapText } from './labels.js';
import { learnerLabel, learnerStyles } from './styles.js';

function row(learner: string, examples: number, value: number, more: Partial<Measurement> = {}): Measurement {
  return {
    family: 'linear',
    learner,
    examples,
    metric: 'squared-error',
    value,
    low: value * 0.9,
    high: value * 1.1,
    episodes: 100,
    seed: 7,
    spec: 'abc123',
    ...more,
  };
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const rows = [
  ...range(9).map((n) => row('linear-8', n, 8 / (n + 1))),
  ...range(9).map((n) => row('ols', n, n < 8 ? 8 - n : 1e-30)),
  ...range(9).map((n) => row('ridge:0.1', n, 9 / (n + 1))),
  ...range(9).map((n) => row('linear-8', n, 0.03, { metric: 'spd', reference: 'ridge:0.1' })),
  ...range(9).map((n) => row('linear-8', n, 0.41, { metric: 'spd', reference: 'ols' })),
];

function draw(given: readonly Measurement[], options: Partial<Parameters<typeof curves>[1]> = {}): string {
  return curves(given, { document: emptyDocument(), version: '0.1.0', ...options });
}

describe('the figure', () => {
  test('is one self-contained SVG with its text alternative, names at the lines and a foot', () => {
    const svg = draw(rows);
    expect(svg.startsWith('<svg ')).toBe(true);
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(svg).toContain('<title>Squared error, family linear</title>');
    expect(svg).toContain(
      '<desc>With 4 examples, linear-8 is 0.0300 from ridge (λ = 0.1) and 0.410 from least squares',
    );
    for (const label of ['linear-8', 'least squares (below 0.00001)', 'ridge (λ = 0.1)'])
      expect(svg).toContain(`>${label}</text>`);
    expect(svg).toContain(
      'icicle 0.1.0 · seed 7 · spec abc123 · 100 episodes · bands: 90 % interval over episodes',
    );
    expect(svg).toContain('<rect fill="#ffffff"');
    expect(svg).not.toMatch(/NaN|undefined|href|<script|<foreignObject/);
  });
  test('is the same every time', () => expect(draw(rows)).toBe(draw(rows)));
  test('escapes what could be markup and drops what XML forbids', () => {
    const name = '<b>"a"&\u0007';
    const svg = draw(
      rows.map((r) => (r.learner === 'linear-8' ? { ...r, learner: name, family: '<script>' } : r)),
    );
    expect(svg).not.toContain('<b>');
    expect(svg).not.toContain('<script>');
    // Attributes are not escaped for XML by every document, so no name may be in one.
    expect(svg).not.toMatch(/="[^"]*[<&][^q]/);
    expect(svg).not.toContain('\u0007');
    expect(svg).toContain('&lt;b&gt;"a"&amp;</text>');
  });
  test('distances: a line for each reference, or for each learner where the reference is one', () => {
    const from = draw(rows, { metric: 'spd' });
    expect(from).toContain(
      '<title>Squared difference of predictions between linear-8 and others, family linear</title>',
    );
    expect(from).toContain('>least squares</text>');
    const swapped = rows.map((r) =>
      r.reference === undefined ? r : { ...r, learner: r.reference, reference: 'linear-8' },
    );
    const to = draw(swapped, { metric: 'spd' });
    expect(to).toContain('<title>Squared difference of predictions from linear-8, family linear</title>');
    expect(to).toContain('>ridge (λ = 0.1)</text>');
  });
  test('a theoretical curve has its name', () => {
    const values = range(9).map((examples) => ({ examples, value: 5 - examples / 2 }));
    expect(draw(rows, { theory: { label: 'Bayes risk', values } })).toContain('>Bayes risk</text>');
  });
  test('one number of examples, a zero, an infinity', () => {
    expect(draw([row('mean', 1, 2)])).toContain('>mean</text>');
    expect(draw([row('mean', 1, 0), row('mean', 2, 0)])).toContain('>mean (below 0.001)</text>');
    const wild = [row('mean', 1, 1), row('mean', 2, Number.POSITIVE_INFINITY), row('mean', 3, 1)];
    expect(draw(wild)).not.toMatch(/NaN|Infinity/);
    expect(draw([row('mean', 1, 1, { high: Number.POSITIVE_INFINITY }), row('mean', 2, 1)])).not.toMatch(
      /NaN|Infinity/,
    );
  });
  test('rows that are not there are named', () => {
    expect(() => draw(rows, { metric: 'sdp' })).toThrow(
      'missing rows: none has metric "sdp" and an example. Metrics: squared-error, spd',
    );
    expect(() => draw(rows, { learner: 'knn' })).toThrow('none has metric "squared-error" for learner "knn"');
    expect(() => draw([])).toThrow('Metrics: none');
  });
});

describe('the sentence', () => {
  test('says which is nearest, which farthest, and how far from the least error', () => {
    expect(curveCaption(rows, 'squared-error', 7)).toBe(
      'With 7 examples, linear-8 is 0.0300 from ridge (λ = 0.1) and 0.410 from least squares (squared difference of predictions); its squared error is 1.00 (0.900…1.10), the least; the next is least squares at 1.00.',
    );
    expect(curveCaption([row('knn:3', 1, 3), row('ols', 1, 2)], 'squared-error', 1)).toBe(
      'With 1 example, the squared error of 3-NN is 3.00 (2.70…3.30), 1.50 times the least, that of least squares.',
    );
    expect(curveCaption(rows, 'squared-error', 8)).toContain(
      'against 1.00e-30, the least, that of least squares.',
    );
    expect(curveCaption(rows, 'squared-error', 99)).toBe('With 99 examples nothing was measured.');
  });
  test('names of metrics', () => {
    expect(metricLabel('median-squared-error')).toBe('median squared error');
    expect(metricLabel('spd/d@1-16')).toBe(
      'squared difference of predictions ÷ inputs, mean over 1…16 examples',
    );
  });
});

describe('styles', () => {
  const names = [
    'linear-8',
    'tiny',
    'bayes',
    'ols',
    'ridge:0.1',
    'ridge:1',
    'ridge:loo',
    'knn:3',
    'knn:3:weighted',
    'gd:1',
    'gd:8',
    'mean',
  ];
  test('a look of its own for each learner, whatever else is shown', () => {
    const styles = [...learnerStyles(names).values()];
    expect(new Set(styles.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(names.length);
    expect(learnerStyles(['ols']).get('ols')).toEqual(learnerStyles(names).get('ols'));
  });
  test('colours reach a contrast of 4.5 on white', () => {
    const channel = (value: number) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    for (const { color } of learnerStyles(names).values()) {
      const [r, g, b] = [1, 3, 5].map((at) => channel(Number.parseInt(color.slice(at, at + 2), 16) / 255));
      expect(1.05 / (0.2126 * r! + 0.7152 * g! + 0.0722 * b! + 0.05), color).toBeGreaterThan(4.5);
    }
  });
  test('labels', () => {
    expect(
      [
        'ols:intercept',
        'ridge:loo',
        'knn:3:weighted',
        'gd:1',
        'gd:4:0.01',
        'bayes',
        'bayes:0.5:2',
        'my model',
      ].map(learnerLabel),
    ).toEqual([
      'least squares',
      'ridge (λ by leave-one-out)',
      '3-NN (weighted)',
      'one gradient step',
      '4 gradient steps (α = 0.01)',
      'Bayes',
      'Bayes (σ = 0.5, τ = 2)',
      'my model',
    ]);
  });
});

describe('layout', () => {
  test('labels keep their order and distance inside the frame, and stay where there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 15 }), (positions) => {
        const placed = spreadApart(positions, 16, 0, 300);
        const order = positions.map((_, i) => i).sort((a, b) => placed[a]! - placed[b]!);
        order.slice(1).forEach((i, k) => {
          expect(placed[i]! - placed[order[k]!]!).toBeGreaterThan(16 - 1e-9);
          expect(positions[i]!).toBeGreaterThanOrEqual(positions[order[k]!]!);
        });
        for (const value of placed) expect(value >= 0 && value <= 300).toBe(true);
      }),
      { seed: 1 },
    );
    expect(spreadApart([100, 20], 16, 0, 300)).toEqual([100, 20]);
    expect(spreadApart([50, 50], 10, 0, 300)).toEqual([45, 55]);
  });
  test('lines break at spaces', () => {
    expect(wrapText('a bb ccc dddddd e', 6)).toEqual(['a bb', 'ccc', 'dddddd', 'e']);
  });
  test('axes', () => {
    expect(wholeTicks(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(wholeTicks(40)).toEqual([1, 5, 10, 15, 20, 25, 30, 35, 40]);
    expect(logTicks(0.1, 4)).toEqual([0.1, 0.2, 0.5, 1, 2]);
    expect(logTicks(0.001, 4)).toEqual([0.001, 0.01, 0.1, 1]);
    expect(
      logDomain(
        rows.filter((r) => r.metric === 'squared-error'),
        [],
      ).floor,
    ).toBeCloseTo(1e-4);
    expect([0.0001, 2, 1e-9].map(axisNumber)).toEqual(['0.0001', '2', '1e-9']);
  });
});
