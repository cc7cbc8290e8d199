import { expect, it } from 'vitest';
import { endsWithCheckpoint } from './relaunch.test.helper.js';

// A signal to the process that was started must reach the one that does the run, once: a second would end it at once.
it.skipIf(process.platform === 'win32')(
  'a table run that is interrupted writes a checkpoint and ends',
  async () => expect(await endsWithCheckpoint('SIGINT')).toBe(0),
  60_000,
);
