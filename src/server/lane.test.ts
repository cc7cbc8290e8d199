import { describe, expect, it } from 'vitest';
import { type LaneOptions, lane, type Outcome } from './lane.js';

/** A lane of numbers that answers their doubles, a batch each time that it is let. */
function doubles(changes: Partial<LaneOptions<number, number>> = {}) {
  const batches: { questions: readonly number[]; stop: AbortSignal; go: () => void }[] = [];
  const own = lane<number, number>({
    run: (questions, stop) =>
      new Promise((resolve) => {
        const outcomes = questions.map(
          (value): Outcome<number> => (value < 0 ? { error: new Error('negative') } : { value: 2 * value }),
        );
        batches.push({ questions, stop, go: () => resolve(outcomes) });
      }),
    joins: (questions, next) => questions.every((one) => (one - next) % 2 === 0) && questions.length < 3,
    waiting: 10,
    milliseconds: 60_000,
    ...changes,
  });
  const go = async () => {
    batches.at(-1)!.go();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { ...own, batches, go };
}

const kindOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: { kind?: string; message: string }) => error.kind ?? error.message,
  );

describe('questions on their way', () => {
  it('run one at a time, and those that go together in one batch', async () => {
    const { ask, batches, go, waiting } = doubles();
    const all = Promise.all([1, 2, 3, 4, 5, 7, 9, 6].map((value) => ask(value)));
    expect(waiting()).toBe(7);
    for (let i = 0; i < 4; i++) await go();
    expect(await all).toEqual([2, 4, 6, 8, 10, 14, 18, 12]);
    expect(batches.map(({ questions }) => questions)).toEqual([[1], [2, 4, 6], [3, 5, 7], [9]]);
  });

  it('fail alone', async () => {
    const { ask, go } = doubles();
    const first = ask(2);
    const all = [ask(1), ask(-1), ask(3)].map(kindOf);
    await go();
    await go();
    expect(await first).toBe(4);
    expect(await Promise.all(all)).toEqual(['answered', 'negative', 'answered']);
  });

  it('fail together where what answers them throws, and the next are answered', async () => {
    let calls = 0;
    const { ask } = lane<number, number>({
      run: async (questions) => {
        if (++calls === 1) throw new Error('broken');
        return questions.map((value) => ({ value }));
      },
      ...{ joins: () => true, waiting: 10, milliseconds: 60_000 },
    });
    expect(await kindOf(ask(1))).toBe('broken');
    expect(await ask(2)).toBe(2);
  });

  it('are refused where too many wait', async () => {
    const { ask, admit, go } = doubles({ waiting: 2 });
    const first = [ask(1), ask(2), ask(3)];
    expect(await kindOf(ask(4))).toBe('too-many-waiting');
    expect(admit).toThrow('2 requests wait');
    for (let i = 0; i < 3; i++) await go();
    expect(await Promise.all(first)).toEqual([2, 4, 6]);
  });

  it('are dropped where the client has gone, and the others are not', async () => {
    const { ask, batches, go, waiting } = doubles();
    const [running, queued, never] = [1, 2, 3].map(() => new AbortController()) as [
      AbortController,
      AbortController,
      AbortController,
    ];
    const first = kindOf(ask(1, running.signal));
    const others = [kindOf(ask(2, queued.signal)), ask(4)];
    never.abort();
    expect(await kindOf(ask(6, never.signal))).toBe('client-gone');
    queued.abort();
    expect(waiting()).toBe(1);
    expect(batches[0]!.stop.aborted).toBe(false);
    running.abort();
    expect(batches[0]!.stop.aborted).toBe(true);
    await go();
    await go();
    expect(batches[1]!.questions).toEqual([4]);
    expect(await Promise.all([first, ...others])).toEqual(['client-gone', 'client-gone', 8]);
  });

  it('stop running once nobody waits for any of a batch', async () => {
    const { ask, batches, go } = doubles();
    const [a, b] = [new AbortController(), new AbortController()];
    const all = [ask(2), ask(1, a.signal), ask(3, b.signal)].map(kindOf);
    await go();
    a.abort();
    expect(batches[1]!.stop.aborted).toBe(false);
    b.abort();
    expect(batches[1]!.stop.aborted).toBe(true);
    await go();
    expect(await Promise.all(all)).toEqual(['answered', 'client-gone', 'client-gone']);
  });

  it('have so much time, waiting included', async () => {
    const { ask, batches, waiting } = doubles({ milliseconds: 20 });
    expect(await Promise.all([kindOf(ask(1)), kindOf(ask(2))])).toEqual(['timeout', 'timeout']);
    expect(waiting()).toBe(0);
    expect(batches[0]!.stop.aborted).toBe(true);
  });

  it('are answered after a stop, and told at the end that they wait in vain', async () => {
    const { ask, stop, close, go } = doubles();
    const all = [ask(1), ask(2), ask(5)].map(kindOf);
    stop();
    expect(await kindOf(ask(3))).toBe('stopping');
    await go();
    close();
    await go();
    expect(await Promise.all(all)).toEqual(['answered', 'answered', 'stopping']);
  });
});
