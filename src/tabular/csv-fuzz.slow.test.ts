import { afterAll, expect, it } from 'vitest';
import { growthOver } from '../testing/memory.js';
import { fuzzFiles } from './csv-fuzz.test.helper.js';
import { scratch } from './table.test.helper.js';
import { tinyLearner } from './tiny.test.helper.js';

const file = scratch();
const learner = tinyLearner();
afterAll(() => learner.release());

it('10,000 spoilt files crash nothing and leave nothing behind', { timeout: 1_800_000 }, async () => {
  const { bytes, files } = await growthOver(10, (round) =>
    fuzzFiles(learner, file, { runs: 1000, seed: 100 + round }),
  );
  expect(bytes).toBeLessThan(50e6);
  expect(files).toBeLessThan(10);
});
