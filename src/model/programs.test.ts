import { describe, expect, it } from 'vitest';
import type { Program } from '../engine/engine.js';
import { keepPrograms } from './programs.js';

/** Programs that only say what happened to them. */
function recorded(most: number, broken: ReadonlySet<number> = new Set()) {
  const events: string[] = [];
  const programs = keepPrograms(most, async (key: number): Promise<Program> => {
    events.push(`compile ${key}`);
    if (broken.has(key)) throw new Error(`no program for ${key}`);
    return {
      run: async () => ({}),
      release: async () => {
        events.push(`release ${key}`);
      },
    };
  });
  const use = (key: number) => programs.use(key, (program) => program.run({}));
  return { events, programs, use };
}

describe('programs that are kept', () => {
  it('are the last used', async () => {
    const { events, use } = recorded(2);
    for (const key of [1, 2, 1, 3, 1, 2]) await use(key);
    expect(events).toEqual(['compile 1', 'compile 2', 'compile 3', 'release 2', 'compile 2', 'release 3']);
  });

  it('are not released while in use', async () => {
    const { events, programs, use } = recorded(1);
    await programs.use(1, async () => {
      await use(2);
      expect(events).toEqual(['compile 1', 'compile 2', 'release 2']);
    });
    await use(3);
    expect(events.slice(3)).toEqual(['compile 3', 'release 1']);
  });

  it('are compiled once for those who ask together', async () => {
    const { events, use } = recorded(2);
    await Promise.all([use(1), use(1)]);
    expect(events).toEqual(['compile 1']);
  });

  it('do not include one that failed: it is tried again, and the others are released', async () => {
    const broken = new Set([2]);
    const { events, programs, use } = recorded(3, broken);
    await use(1);
    await expect(use(2)).rejects.toThrow('no program for 2');
    await programs.release();
    expect(events).toEqual(['compile 1', 'compile 2', 'release 1']);
    broken.clear();
    await use(2);
    expect(events.at(-1)).toBe('compile 2');
  });
});
