import fc from 'fast-check';
import { expect } from 'vitest';
import { fakeThread, testApp } from './app.test.helper.js';
import { PROBLEM_JSON } from './problems.js';

export const LEARN = '/v1/contexts';

/** What came of some bodies. */
export interface Outcomes {
  /** No JSON, JSON that was refused, and JSON that reached the thread. */
  malformed: number;
  misfit: number;
  asked: number;
}

const KEYS = [
  ...['rows', 'target', 'types', 'members', 'level', 'abstain', 'seed'],
  ...['__proto__', 'constructor', 'toString', 'Target', 'row', '', '\u0000'],
];
const valid = JSON.stringify({
  rows: [
    { a: 1.5e3, 'b\n': null },
    { a: 'x', b: true },
  ],
  target: 'a',
  types: { b: 'category' },
});
/** Put somewhere into a body that fits. */
const JUNK = [
  ...['', '{', '}', '[', ']', ',', ':', '"', '\\', '\\ud800', '\u0000', '\ufeff', '\ud800', '\n', ' '],
  ...[
    'NaN',
    'Infinity',
    '1e400',
    '-1e400',
    '1e-400',
    '-0',
    '01',
    '0x1',
    '9'.repeat(400),
    'null',
    'true',
    '//',
  ],
  ...[
    '"__proto__":1,',
    '"rows":[],',
    '[['.repeat(5000),
    '{"a":'.repeat(5000),
    '"'.repeat(999),
    'w'.repeat(99_999),
  ],
];

const cell = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
const rows = fc.array(fc.dictionary(fc.string(), cell), { minLength: 1, maxLength: 3 });
const key = fc.oneof(fc.constantFrom(...KEYS), fc.string());
const nothing = fc.oneof(fc.constantFrom(-1, 0, 1.5, 1e99, '', [], {}, null, true), fc.jsonValue());
/** JSON, of which little fits. */
const misfits = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(key, nothing),
  // One thing is wrong of a body that fits.
  fc.record({ rows, target: fc.constant('a'), wrong: fc.tuple(key, nothing) }).map(({ wrong, ...body }) =>
    // Not an assignment: that would not make a key of its own of __proto__.
    Object.fromEntries([...Object.entries(body), wrong]),
  ),
  fc
    .tuple(rows, nothing, fc.nat(2))
    .map(([own, wrong, at]) => ({ rows: own.with(at % own.length, wrong as never), target: 7 })),
);
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.tuple(fc.json(), fc.constantFrom('}', ',', '\u0000', '1')).map(([text, more]) => text + more),
  // A valid body cut off, or a part of it cut out, or something put in.
  fc
    .tuple(fc.nat(valid.length), fc.constantFrom(0, 0, 1, 3, 9, 999), fc.constantFrom(...JUNK))
    .map(([at, cut, put]) => valid.slice(0, at) + put + valid.slice(at + cut)),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc
    .tuple(
      fc.nat(valid.length),
      fc.constantFrom([0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xff, 0xfe]),
    )
    .map(([at, put]) =>
      Buffer.from([...Buffer.from(valid.slice(0, at)), ...put, ...Buffer.from(valid.slice(at))]),
    ),
);

/** A server whose thread computes nothing. */
export async function fuzzedServer() {
  const thread = fakeThread();
  const { request, post, logs } = await testApp(async () => thread);
  const { id } = (await post(LEARN, { rows: [{ y: 1 }], target: 'y' })).body;
  const paths = fc.constantFrom(LEARN, `${LEARN}/${id}/predict`);

  const send = (path: string, body: string | Uint8Array) =>
    request('POST', path, { headers: { 'content-type': 'application/json' }, body: body as string });

  const expectProblem = async (response: Response): Promise<void> => {
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe(PROBLEM_JSON);
    expect(response.status, text).toBeGreaterThanOrEqual(400);
    expect(response.status, text).toBeLessThan(500);
    expect(JSON.parse(text)).toMatchObject({ status: response.status, detail: expect.any(String) });
    expect(text.length).toBeLessThan(10_000);
  };

  /** Bodies of a kind are refused, or reach the thread where they are JSON. */
  const fuzz = async (
    kind: 'malformed' | 'misfit',
    { runs, seed }: { readonly runs: number; readonly seed?: number },
  ): Promise<Outcomes> => {
    const outcomes: Outcomes = { malformed: 0, misfit: 0, asked: 0 };
    const bodies: fc.Arbitrary<string | Uint8Array> =
      kind === 'misfit'
        ? misfits.map((value) => JSON.stringify(value))
        : fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: bytes });
    await fc.assert(
      fc.asyncProperty(paths, bodies, async (path, body) => {
        thread.asked.length = 0;
        const response = await send(path, body);
        // As it is read: a mark of the byte order in front is none of the text, half a character is a whole one.
        const json = isJson(new TextDecoder().decode(Buffer.from(body as string)));
        if (thread.asked.length > 0) {
          expect(json).toBe(true);
          expect(response.status).toBeLessThan(300);
          outcomes.asked++;
        } else {
          await expectProblem(response);
          outcomes[json ? 'misfit' : 'malformed']++;
        }
      }),
      { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
    );
    return outcomes;
  };
  return { fuzz, send, expectProblem, logs };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
