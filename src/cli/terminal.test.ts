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

  it('comes once from the loss of who ran the process, and is no second signal', async () => {
    for (const signals of [['disconnect'], ['SIGTERM', 'disconnect']]) {
      const { ends, fake, world } = host();
      let handled = 0;
      world.onInterrupt(async () => {
        handled++;
        return 'continue';
      });
      for (const signal of signals) fake.emit(signal, signal);
      await soon();
      expect([handled, ends]).toEqual([1, []]);
    }
  });

  it('ends a process whose parent is gone already, or goes while nobody handles interrupts', async () => {
    const kept = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_MAX_: '0', MALLOC_TOP_PAD_: String(2 ** 27) };
    const env = { ...kept, MALLOC_TRIM_THRESHOLD_: String(2 ** 34) };
    for (const [connected, later] of [
      [false, 0],
      [true, 1],
      [undefined, 0],
    ] as const) {
      const { ends, fake, world } = host();
      Object.assign(fake, { env, platform: 'linux', connected, channel: { unref: () => undefined } });
      expect(await world.keepMemory()).toBe(true);
      if (later === 1) fake.emit('disconnect');
      expect(ends).toEqual(connected === undefined ? [] : [['kill', 7, 'SIGTERM']]);
    }
  });

  it('is given back', () => {
    const { fake, world } = host();
    world.onInterrupt(async () => 'continue')();
    for (const name of ['SIGINT', 'SIGTERM', 'disconnect']) expect(fake.listenerCount(name)).toBe(0);
  });
});
