import { describe, expect, it } from 'vitest';
import { contextBook } from './contexts.js';

function book(limits: { count?: number; bytes?: number } = {}) {
  const time = { now: 0 };
  const all = { count: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, ...limits };
  return { time, ...contextBook<string>(all, () => time.now) };
}

describe('the books of contexts', () => {
  it('let the one go that was asked least recently', () => {
    const { add, use, get, gone, count } = book({ count: 2 });
    expect(add('a', 'A', 1)).toEqual([]);
    expect(add('b', 'B', 1)).toEqual([]);
    use('a');
    get('b'); // To look is not to ask.
    expect(add('c', 'C', 1)).toEqual(['b']);
    expect(gone('b')).toBe('evicted');
    expect(use('a')).toMatchObject({ value: 'A', bytes: 1 });
    expect(count()).toBe(2);
  });

  it('let as many go as the memory of a new one needs', () => {
    const { add, bytes, count } = book({ bytes: 100 });
    for (const id of ['a', 'b', 'c']) add(id, id, 30);
    expect(add('d', 'd', 60)).toEqual(['a', 'b']);
    expect([bytes(), count()]).toEqual([90, 2]);
    expect(add('e', 'e', 200)).toEqual(['c', 'd']);
    expect([bytes(), count()]).toEqual([200, 1]);
  });

  it('tell why one is no longer there, of the last thousand', () => {
    const { add, remove, clear, gone } = book();
    expect(remove('a', 'forgotten')).toBe(false);
    expect(gone('a')).toBeUndefined();
    add('a', 'A', 1);
    expect(remove('a', 'forgotten')).toBe(true);
    expect(gone('a')).toBe('forgotten');
    for (let i = 0; i < 1000; i++) add(`${i}`, '', 1);
    clear('lost');
    expect(gone('a')).toBeUndefined();
    expect(gone('999')).toBe('lost');
  });

  it('let those go that were not asked for long', () => {
    const { add, use, expire, time, gone } = book();
    add('a', 'A', 1);
    add('b', 'B', 1);
    time.now = 50;
    use('a');
    expect(expire(50)).toEqual(['b']);
    expect(gone('b')).toBe('idle');
    expect(use('b')).toBeUndefined();
    expect(expire(51)).toEqual(['a']);
  });
});
