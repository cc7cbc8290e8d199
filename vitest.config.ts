import { defineConfig } from 'vitest/config';

// Tests run on what ships: the compiled files. `npm test` compiles first.
export default defineConfig({
  test: {
    include: ['dist/**/*.test.js'],
    exclude: process.env.ICICLE_SLOW === '1' ? [] : ['dist/**/*.slow.test.js'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
