import { expect, it } from 'vitest';
import { tableRun } from './relaunch.test.helper.js';

it.skipIf(process.platform !== 'linux')(
  'a table run whose first process is killed writes a checkpoint and ends',
  async () => {
    const { said, files } = await tableRun((child) => child.kill('SIGKILL'));
    expect(said).toMatch(/stopped at step \d/);
    expect(files).toContain('checkpoint.safetensors');
  },
  120_000,
);
