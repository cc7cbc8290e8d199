import { expect, it } from 'vitest';
import { growthOver } from '../testing/memory.js';
import { fuzzedServer } from './fuzz.test.helper.js';

it.each(['malformed', 'misfit'] as const)(
  '10,000 bodies crash nothing and leave nothing behind: %s',
  { timeout: 1_800_000 },
  async (kind) => {
    const { fuzz, logs } = await fuzzedServer();
    const { bytes, files } = await growthOver(10, (round) => fuzz(kind, { runs: 1000, seed: 100 + round }));
    expect(bytes).toBeLessThan(50e6);
    expect(files).toBeLessThan(10);
    expect(logs).toEqual([]);
  },
);
