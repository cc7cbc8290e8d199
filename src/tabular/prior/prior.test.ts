import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../core/random.js';
import {
  drawSizes,
  generatorNames,
  informationOf,
  parsePrior,
  type SyntheticTable,
  sampleTable,
  statisticsOf,
} from './index.js';
import { average, drawTables, neighbourErrors, only } from './prior.test.helper.js';

const plain = {
  extra: { irrelevant: [0, 0], duplicates: [0, 0] },
  categories: { share: [0, 0] },
  missing: { tables: 0 },
};

const unwarped = { heavy: 0, skewed: 0, kumaraswamy: 0, rounded: 0, piled: 0 };

/** What holds of every table. */
function check(table: SyntheticTable): void {
  const { rows, labelled, columns, x, kinds, target, provenance } = table;
  expect(labelled).toBeLessThan(rows);
  expect(x.length).toBe(rows * columns);
  expect(kinds.length).toBe(columns);
  expect(target.values.length).toBe(rows);
  expect(Number.isFinite(provenance.score)).toBe(true);
  for (const [c, kind] of kinds.entries()) {
    const cells = Array.from({ length: rows }, (_, i) => x[i * columns + c]!);
    const present = cells.filter((cell) => !Number.isNaN(cell));
    // A standardised column of n rows has no value beyond √n.
    const largest = kind.kind === 'category' ? kind.levels - 1 : Math.sqrt(rows + 96);
    expect(present.every((cell) => Math.abs(cell) <= largest)).toBe(true);
    if (kind.kind === 'category') {
      expect(present.every((cell) => Number.isInteger(cell) && cell >= 0)).toBe(true);
      expect(new Set(present).size).toBe(kind.levels);
    }
    const seen = cells.slice(0, labelled).filter((cell) => !Number.isNaN(cell));
    expect(seen.length).toBeGreaterThanOrEqual(2);
  }
  const first = new Set(target.values.slice(0, labelled));
  expect(first.size).toBeGreaterThanOrEqual(2);
  if (target.kind === 'classes') {
    expect(target.classes).toBeLessThanOrEqual(10);
    expect(first).toEqual(new Set(Array.from({ length: target.classes }, (_, k) => k)));
    expect(Array.from(target.values).every((code) => first.has(code))).toBe(true);
  } else expect(target.values.every(Number.isFinite)).toBe(true);
}

describe.each(generatorNames)('%s', (name) => {
  test.each(['classes', 'number'] as const)('draws whole tables, again from seed and path: %s', (task) => {
    const tables = drawTables(12, task, { generators: only(name) });
    for (const table of tables) {
      check(table);
      expect(table.provenance.generator).toBe(name);
    }
    expect(drawTables(3, task, { generators: only(name) })).toEqual(tables.slice(0, 3));
    expect(drawTables(1, task, { generators: only(name) }, 2)[0]!.x).not.toEqual(tables[0]!.x);
  });
});

test('rows, labelled rows and columns can be given, down to the smallest', () => {
  const spec = parsePrior();
  const sizes = fc
    .tuple(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }))
    .map(([labelled, asked, columns]) => ({ rows: labelled + asked, labelled, columns }));
  fc.assert(
    fc.property(sizes, fc.nat(), fc.constantFrom('classes', 'number'), (given, seed, task) => {
      const table = sampleTable(spec, random(seed, 'sizes'), task, given);
      check(table);
      expect(table).toMatchObject(given);
    }),
    { seed: 1, numRuns: 40 },
  );
});

test('sizes: labelled rows log-uniform, rows from there on, few columns more often than many', () => {
  const spec = parsePrior();
  const stream = random(1, 'sizes');
  const all = Array.from({ length: 3000 }, () => drawSizes(spec, stream));
  for (const { rows, labelled, columns } of all) {
    expect(labelled >= 4 && labelled <= 250 && rows >= 12 && rows <= 300).toBe(true);
    expect(rows - labelled).toBeGreaterThanOrEqual(8);
    expect(columns >= 1 && columns <= 30).toBe(true);
  }
  const share = (of: (sizes: (typeof all)[0]) => boolean) => average(all.map((sizes) => (of(sizes) ? 1 : 0)));
  // Half below the geometric middle of 4 and 251; four standard errors are 0.037.
  expect(Math.abs(share(({ labelled }) => labelled < Math.sqrt(4 * 251)) - 0.5)).toBeLessThan(0.04);
  expect(share(({ columns }) => columns <= 12)).toBeGreaterThan(0.75);
});

describe('what the spec says comes out', () => {
  test('categories', () => {
    const options = { ...plain, generators: only('linear'), categories: { share: [0.3, 0.3] } };
    const all = drawTables(150, 'number', options).map(statisticsOf);
    const columns = all.reduce((sum, of) => sum + of.columns, 0);
    const categories = all.reduce((sum, of) => sum + of.categories, 0);
    // Some thousand columns: four standard errors are about 0.06.
    expect(Math.abs(categories / columns - 0.3)).toBeLessThan(0.06);
    const none = drawTables(40, 'number', { ...plain, generators: only('linear') }).map(statisticsOf);
    expect(none.every((of) => of.categories === 0)).toBe(true);
  });

  test.each([0, 1])('missing cells, %d of them dependent on values', (dependent) => {
    const missing = { tables: 1, columns: [1, 1], cells: [0.2, 0.2], dependent };
    const all = drawTables(80, 'number', { ...plain, generators: only('linear'), missing });
    expect(Math.abs(average(all.map((table) => statisticsOf(table).missing)) - 0.2)).toBeLessThan(0.02);
    const kept = drawTables(40, 'number', { ...plain, generators: only('linear') });
    expect(kept.every((table) => statisticsOf(table).missing === 0)).toBe(true);
  });

  test('classes: half of the tables binary, shuffled targets a tenth, stratified labels', () => {
    const all = drawTables(300, 'classes', { sizes: { labelled: [30, 250] } });
    const binary = average(all.map((table) => (statisticsOf(table).classes === 2 ? 1 : 0)));
    // Half, the others log-uniform from 2 on, and what falls together or is easier to learn with fewer.
    expect(binary).toBeGreaterThan(0.5);
    expect(binary).toBeLessThan(0.8);
    expect(new Set(all.map((table) => statisticsOf(table).classes)).size).toBeGreaterThanOrEqual(7);
    const shuffled = average(all.map(({ provenance }) => (provenance.unlearnable ? 1 : 0)));
    expect(Math.abs(shuffled - 0.1)).toBeLessThan(0.07);
    expect(Math.max(...all.map((table) => statisticsOf(table).largest!))).toBeLessThanOrEqual(0.97);
    const strata = drawTables(40, 'classes', { sizes: { labelled: [30, 250] }, classes: { stratified: 1 } });
    for (const { target, rows, labelled } of strata)
      for (const code of new Set(target.values)) {
        const count = (to: number) => target.values.slice(0, to).filter((other) => other === code).length;
        expect(Math.abs(count(labelled) - (labelled * count(rows)) / rows)).toBeLessThan(2);
      }
  });

  test('every generator as often as its weight', () => {
    const all = drawTables(300, 'number').map(({ provenance }) => provenance.generator);
    const share = (name: string) => all.filter((of) => of === name).length / all.length;
    expect(Math.abs(share('causal') - 8 / 19)).toBeLessThan(0.12);
    expect(Math.abs(share('clusters') - 3 / 19)).toBeLessThan(0.09);
  });
});

describe('the filter', () => {
  test.each(['classes', 'number'] as const)('rejects some, %s', (task) => {
    const all = drawTables(200, task, { unlearnable: 0 });
    const tries = all.reduce((sum, { provenance }) => sum + provenance.tries, 0);
    const rejected = 1 - all.length / tries;
    expect(rejected).toBeGreaterThan(0.1);
    expect(rejected).toBeLessThan(0.4);
    const least = task === 'classes' ? 0.05 : 0.1;
    expect(Math.min(...all.map(({ provenance }) => provenance.score))).toBeGreaterThanOrEqual(least);
  });

  test('lets few through that have nothing to learn', () => {
    const all = drawTables(200, 'classes', { unlearnable: 1 });
    const passed = average(all.map(({ provenance }) => (provenance.score >= 0.05 ? 1 : 0)));
    expect(passed).toBeLessThan(0.12);
  });

  test('does not choose by the labels that are asked', () => {
    // Nothing but noise: what passes does so by chance, and that chance must not show in the table itself.
    const noise = { none: 0, sigma: [1000, 1000], kinds: { heavy: 0, growing: 0 } };
    const options = {
      unlearnable: 0,
      noise,
      number: { warps: unwarped },
      filter: { least: { number: 0.05 }, tries: 1000 },
    };
    const all = drawTables(15, 'number', { ...options, generators: only('linear') });
    expect(all.every(({ provenance }) => provenance.score >= 0.05)).toBe(true);
    expect(neighboursToConstant(all)).toBeGreaterThan(1);
  });

  test.each(['classes', 'number'] as const)('leaves tables that another learner can learn, %s', (task) => {
    const sizes = { labelled: [40, 120] };
    expect(neighboursToConstant(drawTables(80, task, { sizes, unlearnable: 0 }))).toBeLessThan(0.88);
    expect(neighboursToConstant(drawTables(40, task, { sizes, unlearnable: 1 }))).toBeGreaterThan(0.98);
  });

  test('says so where nothing can be learned', () => {
    expect(() =>
      drawTables(1, 'number', { unlearnable: 0, filter: { least: { number: 2 }, tries: 3 } }),
    ).toThrow(
      expect.objectContaining({
        name: 'IcicleError',
        message: expect.stringMatching(/^no table of the generator ".*" with .* was learnable in 3 tries: /),
      }),
    );
  });
});

/** The squared error of neighbours ÷ that of the constant, mean over tables. */
function neighboursToConstant(tables: readonly SyntheticTable[]): number {
  const ratios = tables.map(neighbourErrors).map(({ error, constant }) => error / constant);
  return average(ratios.filter(Number.isFinite));
}

describe('generators differ', () => {
  test('columns of clusters go together more than those of rules, which are mostly categories', () => {
    const correlation = (name: string) =>
      average(
        drawTables(30, 'number', { ...plain, generators: only(name), sizes: { rows: [100, 300] } })
          .filter(({ columns }) => columns > 1)
          .map(firstCorrelation),
      );
    expect(correlation('clusters')).toBeGreaterThan(correlation('interactions') + 0.05);
    const categories = (name: string) => {
      const all = drawTables(30, 'classes', { ...plain, generators: only(name) }).map(statisticsOf);
      return average(all.map((of) => of.categories / of.columns));
    };
    expect(categories('interactions')).toBeGreaterThan(0.4);
    expect(categories('forest')).toBe(0);
  });

  test('few columns of sparse functions tell of the target, and the others do not', () => {
    const sparse = { linear: { active: [1, 1] }, noise: { none: 1 }, number: { warps: unwarped } };
    const sizes = { rows: [150, 300], columns: [6, 6], labelled: [60, 100] };
    const options = { ...plain, ...sparse, sizes, unlearnable: 0, marginals: { tied: 0 } };
    const all = drawTables(20, 'number', { ...options, generators: only('linear') });
    for (const table of all) expect(Math.max(...informationOf(table))).toBeGreaterThan(0.5);
  });

  test('decorrelated, a small difference between columns that go together tells of the target', () => {
    const told = (decorrelated: number) => {
      const linear = { active: [2, 2], decorrelated };
      const sizes = { rows: [150, 300], columns: [2, 2], labelled: [60, 100] };
      const options = { ...plain, linear, sizes, noise: { none: 1 }, number: { warps: unwarped } };
      const unbent = { ...options, unlearnable: 0, marginals: { tied: 0 } };
      return average(
        drawTables(30, 'number', { ...unbent, generators: only('linear') })
          .filter((table) => firstCorrelation(table) > 0.8)
          .map((table) => Math.max(...informationOf(table))),
      );
    };
    // Of two columns alike, either one tells nearly all of their sum, and half or less of their difference and sum at once.
    expect(told(0)).toBeGreaterThan(told(1) + 0.1);
  });
});

/** The squared correlation of the first two columns of numbers. */
function firstCorrelation({ x, rows, columns }: SyntheticTable): number {
  const [a, b] = [0, 1].map((c) => Array.from({ length: rows }, (_, i) => x[i * columns + c]!));
  const [meanA, meanB] = [average(a!), average(b!)];
  const product = (u: number[], v: number[], mu: number, mv: number) =>
    average(u.map((value, i) => (value - mu) * (v[i]! - mv)));
  const variances = product(a!, a!, meanA, meanA) * product(b!, b!, meanB, meanB);
  return variances === 0 ? 0 : product(a!, b!, meanA, meanB) ** 2 / variances;
}

test.each<[unknown, string]>([
  [{ missng: {} }, 'invalid prior: unknown key "missng": did you mean "missing"?'],
  [{ missing: { share: 1 } }, 'unknown key "missing.share"'],
  [{ generators: { trees: 1 } }, 'unknown key "generators.trees"'],
  [
    { generators: Object.fromEntries(generatorNames.map((name) => [name, 0])) },
    'generators: at least one weight must be above 0',
  ],
  [{ categories: { levels: [5, 2] } }, 'categories.levels: must be [low, high] with low ≤ high'],
  [{ sizes: { labelled: [4, 295] } }, 'sizes.labelled: the most labelled rows and the asked ones'],
  [{ unlearnable: 2 }, 'unlearnable: must be from 0 to 1'],
])('%j is refused', (options, message) => {
  expect(() => parsePrior(options)).toThrow(
    expect.objectContaining({
      name: 'IcicleError',
      exitCode: 2,
      message: expect.stringContaining(message) as string,
    }),
  );
});

test.each([
  { rows: 10, labelled: 10, columns: 2 },
  { rows: 10, labelled: 1, columns: 2 },
  { rows: 10, labelled: 5, columns: 0 },
])('sizes %j are refused', (sizes) => {
  expect(() => sampleTable(parsePrior(), random(1), 'number', sizes)).toThrow(
    expect.objectContaining({ name: 'IcicleError', exitCode: 2 }),
  );
});
