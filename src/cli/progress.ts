import type { World } from './world.js';

export interface Progress {
  /**
   * @param done how much of `total` is done
   * @param note what else to say, such as `loss 0.021, 38 steps/s`
   */
  update(done: number, total: number, note?: string): void;
  /** Clears the line of a terminal. */
  end(): void;
}

const REDRAW_MS = 100;
const LINE_MS = 5000;
const BAR = 20;

/**
 * Progress on stderr: on a terminal one line that is drawn again, elsewhere a line at most every five seconds. The
 * time left is the time so far times what is left over what is done.
 */
export function progress(world: World, label: string): Progress {
  const begin = world.now();
  let last = world.terminal ? Number.NEGATIVE_INFINITY : begin;
  let drawn = false;
  return {
    update(done, total, note) {
      const now = world.now();
      if (now - last < (world.terminal ? REDRAW_MS : LINE_MS)) return;
      last = now;
      const left =
        done > 0 && done < total ? `, ${duration(((now - begin) * (total - done)) / done)} left` : '';
      const text = `${done}/${total}${note === undefined ? '' : `, ${note}`}${left}`;
      if (!world.terminal) {
        world.say(`${label}: ${text}\n`);
        return;
      }
      const full = Math.round((BAR * done) / Math.max(1, total));
      const line = `${label} ${'█'.repeat(full)}${'░'.repeat(BAR - full)} ${text}`;
      world.say(
        `\r\u001b[K${Array.from(line)
          .slice(0, Math.max(10, world.columns - 1))
          .join('')}`,
      );
      drawn = true;
    },
    end() {
      if (drawn) world.say('\r\u001b[K');
      drawn = false;
    },
  };
}

/** Does something under a bar of progress, which ends with it. */
export async function underProgress<T>(
  world: World,
  label: string,
  work: (update: Progress['update']) => Promise<T>,
): Promise<T> {
  const bar = progress(world, label);
  try {
    return await work(bar.update);
  } finally {
    bar.end();
  }
}

/** `8 s`, `2 min 5 s`, `3 h 12 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
