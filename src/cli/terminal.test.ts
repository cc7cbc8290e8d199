import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { terminalWorld } from './terminal.js';

/** A process that writes down how it is ended. */
function host() {
  const ends: unknown[][] = [];
  const stream = () => Object.assign(new EventEmitter(), { isTTY: false });
  const fake = Object.assign(new EventEmitter(), {
    ...{ stdout: stream(), stderr: stream(), env: {}, pid: 7 },
    exit: (code: number) => ends.push(['exit', code]),
    kill: (pid: number, signal: string) => ends.push(['kill', pid, signal]),
  });
  return { ends, fake, world: terminalWorld(fake as unknown as NodeJS.Process) };
}
const soon = () => new Promise(setImmediate);

describe('an interrupt', () => {
  it('is handled, and ends the program where the handler says so or fails', async () => {
    for (const handler of [async () => 'exit' as const, () => Promise.reject(new Error('broken'))]) {
      const { ends, fake, world } = host();
      world.onInterrupt(handler);
      fake.emit('SIGTERM', 'SIGTERM');
      await soon();
      expect(ends).toEqual([['exit', 130]]);
    }
  });

  it('may go on; a second one ends the program by the system, whose threads may be computing', async () => {
    const { ends, fake, world } = host();
    world.onInterrupt(async () => 'continue');
    fake.emit('SIGINT', 'SIGINT');
    await soon();
    expect(ends).toEqual([]);
    fake.emit('SIGINT', 'SIGINT');
    expect(ends).toEqual([['kill', 7, 'SIGINT']]);
    expect(fake.listenerCount('SIGINT')).toBe(0);
  });

  it('is given back', () => {
    const { fake, world } = host();
    world.onInterrupt(async () => 'continue')();
    expect(fake.listenerCount('SIGINT') + fake.listenerCount('SIGTERM')).toBe(0);
  });
});
