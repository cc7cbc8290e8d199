import { describe, expect, it } from 'vitest';
import { duration, progress } from './progress.js';
import type { World } from './world.js';

function world(terminal: boolean): { world: World; said: string[]; wait: (ms: number) => void } {
  const said: string[] = [];
  let time = 0;
  const made = { terminal, columns: 40, now: () => time, say: (text: string) => said.push(text) };
  return {
    world: made as unknown as World,
    said,
    wait: (ms) => {
      time += ms;
    },
  };
}

describe('progress', () => {
  it('draws one line again on a terminal, cut to its width, and clears it', () => {
    const { world: made, said, wait } = world(true);
    const bar = progress(made, 'train');
    bar.update(0, 10);
    bar.update(1, 10);
    wait(1000);
    bar.update(5, 10, 'loss 0.02');
    bar.end();
    expect(said).toEqual([
      '\r\u001b[Ktrain ░░░░░░░░░░░░░░░░░░░░ 0/10',
      '\r\u001b[Ktrain ██████████░░░░░░░░░░ 5/10, loss 0',
      '\r\u001b[K',
    ]);
  });

  it('is a plain line at most every five seconds elsewhere', () => {
    const { world: made, said, wait } = world(false);
    const bar = progress(made, 'train');
    for (let i = 0; i <= 12; i++) {
      bar.update(i, 12);
      wait(1000);
    }
    bar.end();
    expect(said).toEqual(['train: 5/12, 7 s left\n', 'train: 10/12, 2 s left\n']);
  });

  it('says durations in words', () => {
    expect([0, 8400, 125_000, 11_520_000].map(duration)).toEqual(['0 s', '8 s', '2 min 5 s', '3 h 12 min']);
  });
});
