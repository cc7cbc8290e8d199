import { expect, it } from 'vitest';
import { tableRun } from './relaunch.test.helper.js';

// A signal to the process that was started must reach the one that does the run, once: a second would end it at once.
it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
  'a table run that gets %s writes a checkpoint and ends',
  async (signal) => {
    const { said, code, files } = await tableRun((child) => child.kill(signal));
    expect(said).toMatch(/stopped at step \d/);
    expect(code).toBe(0);
    expect(files).toContain('checkpoint.safetensors');
  },
  60_000,
);
