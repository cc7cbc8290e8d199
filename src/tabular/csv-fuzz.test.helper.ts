import fc from 'fast-check';
import { expect } from 'vitest';
import { IcicleError } from '../core/errors.js';
import { openTable } from './read.js';
import { collect } from './table.test.helper.js';
import type { TabularLearner } from './tabular.js';
import { numbersOf } from './tiny.test.helper.js';

const NAMES = ['x', 'id', '__proto__', 'constructor', 'a b', 'ü', 'y', 'none', '1', ''];
const CELLS = [
  ...['1', '2', '-3.5', '1e400', '-1e400', '1e-400', '1,5', '0x10', 'inf', 'NaN', '9'.repeat(400)],
  ...['a', 'b', 'yes', 'none', 'NA', '', ' ', '2024-01-31', '9999-99-99', '__proto__', '列', '\u2028'],
  ...['"a, b"', '"a ""b"""', '"a\nb"', '"a\r\nb"', "'", 'a"b', '"a"b', '\u0000', '\ufeff', '=1+1'],
];
/** Put somewhere into a file: mostly what a reader of CSV trips over. */
const JUNK = [
  ...['"', '""', '"""', '\n', '\r', '\r\n', '\n\n\n', ',', ',,,,', ';', '\t', '\u0000', '\ufeff', '\\', ' '],
  ...[
    '1e400',
    'x,y,x',
    '__proto__',
    'PK\u0003\u0004',
    '{"a":1}',
    '"'.repeat(999),
    ','.repeat(999),
    'w'.repeat(99_999),
  ],
  ...[[], [0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0x80, 0x80]],
].map((text) => Buffer.from(text as string));

/** A file that would do. */
const good = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2, maxLength: 4 }),
    rows: fc.integer({ min: 3, max: 20 }),
    odd: fc.constantFrom(0, 0, 3, 11),
    seed: fc.nat(CELLS.length),
    delimiter: fc.constantFrom(',', ',', ';', '\t'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
  })
  .map(({ names, rows, odd, seed, delimiter, end }) => {
    const cell = (row: number, column: number) =>
      odd > 0 && (row * names.length + column + seed) % odd === 0
        ? CELLS[(seed + row * 7 + column) % CELLS.length]!
        : String(((row + seed) * (column + 3)) % 7);
    const lines = Array.from({ length: rows }, (_, row) => names.map((_, column) => cell(row, column)));
    return Buffer.from([names, ...lines].map((cells) => cells.join(delimiter)).join(end));
  });

type Spoil = (file: Buffer) => Buffer;
const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  // A part cut out, or something put in, or both; nothing behind it.
  fc
    .tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(0, 0, 0, 1, 9, 1e9),
      fc.constantFrom(...JUNK),
    )
    .map(
      ([share, cut, put]): Spoil =>
        (file) => {
          const at = Math.floor(share * file.length);
          return Buffer.concat([file.subarray(0, at), put, file.subarray(at + cut)]);
        },
    ),
  fc.constant<Spoil>((file) => Buffer.concat([file, file])),
  // Nothing but the header, another one, one end of lines alone, another encoding.
  fc.constant<Spoil>((file) => file.subarray(0, Math.max(0, file.indexOf('\n')))),
  fc.constant<Spoil>((file) => Buffer.concat([Buffer.from('\ufeff'), file])),
  fc.constant<Spoil>((file) => Buffer.concat([Buffer.from('x,x\n'), file])),
  fc.constant<Spoil>((file) => Buffer.from(file.toString('latin1').replaceAll('\n', '\r'), 'latin1')),
  fc.constant<Spoil>((file) => Buffer.from(file.toString(), 'utf16le')),
);
const files: fc.Arbitrary<Uint8Array> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(good, fc.array(spoils, { minLength: 1, maxLength: 3 }))
      .map(([file, all]) => all.reduce<Buffer>((spoilt, spoil) => spoil(spoilt), file)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
);

/**
 * Spoilt files are learned and predicted in finite numbers, or refused in one line of a readable length.
 * @returns how many were predicted and how many refused
 */
export async function fuzzFiles(
  learner: TabularLearner,
  write: (name: string, text: Uint8Array) => Promise<string>,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Promise<{ predicted: number; refused: number }> {
  const outcomes = { predicted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(files, fc.nat(9), async (bytes, which) => {
      const path = await write('spoilt.csv', bytes);
      try {
        const source = await openTable(path);
        const target = source.names[which % source.names.length]!;
        const task = await learner.context(source, { target, members: 1, folds: 0 });
        const chunks = await collect(task.predictTable(source));
        const numbers = chunks.flatMap((rows) => rows.flatMap(({ prediction }) => numbersOf(prediction)));
        if (!numbers.every(Number.isFinite)) throw new Error(`not finite: ${numbers}`);
        for (const warning of task.warnings) expectReadable(warning);
        outcomes.predicted++;
      } catch (error) {
        if (!(error instanceof IcicleError)) throw error;
        expectReadable(error.message);
        outcomes.refused++;
      }
    }),
    { numRuns: runs, seed },
  );
  return outcomes;
}

function expectReadable(message: string): void {
  expect(message).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029]/u);
  expect(message.length).toBeGreaterThan(20);
  expect(message.length).toBeLessThan(2000);
}
