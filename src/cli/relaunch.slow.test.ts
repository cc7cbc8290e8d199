import { expect, it } from 'vitest';
import { endsWithCheckpoint } from './relaunch.test.helper.js';

it.skipIf(process.platform === 'win32')(
  'a table run that is told to end writes a checkpoint and ends',
  async () => expect(await endsWithCheckpoint('SIGTERM')).toBe(0),
  60_000,
);

it.skipIf(process.platform !== 'linux')(
  'a table run whose first process is killed writes a checkpoint and ends',
  async () => expect(await endsWithCheckpoint('SIGKILL')).toBe(null),
  60_000,
);
