import { expect, it } from 'vitest';
import { refusal, sampleCsv, scratch } from './table.test.helper.js';
import { openTask } from './task.js';

const file = scratch();

it.each([
  ['words', sampleCsv(6), 'kind', 'unsupported target: "kind": its cells in ', 2],
  ['words among numbers', 'x,y\n1,2\n2,n.d.\n', 'y', 'text in numeric column "y": "n.d." on line 3 of ', 1],
])('a learner of numbers refuses a target of %s', async (_, text, target, message, exitCode) => {
  const table = await file('table.csv', text);
  const refused = await refusal(() => openTask({ table, target }));
  expect(refused.message).toContain(message);
  expect(refused.exitCode).toBe(exitCode);
});
