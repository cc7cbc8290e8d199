import { afterAll, expect, it } from 'vitest';
import { fuzzFiles } from './csv-fuzz.test.helper.js';
import { scratch } from './table.test.helper.js';
import { tinyLearner } from './tiny.test.helper.js';

const file = scratch();
const learner = tinyLearner();
afterAll(() => learner.release());

it('spoilt files are learned and predicted in finite numbers, or refused in one line', async () => {
  const { predicted, refused } = await fuzzFiles(learner, file, { runs: 300, seed: 1 });
  // That neither is all there is.
  expect(predicted).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(150);
});
