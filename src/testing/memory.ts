import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds on to: bytes of objects and buffers once all garbage is gone, and open files where the system lists them. */
export interface Held {
  readonly bytes: number;
  readonly files: number;
}

export function held(): Held {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) collect(); // A buffer is freed by the collection after the one that frees its object.
  const { heapUsed, external } = process.memoryUsage();
  return { bytes: heapUsed + external, files: openFiles() };
}

function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

/** Work in rounds, the first of which warms caches up: how much more is held after the last than after that. */
export async function growthOver(rounds: number, work: (round: number) => Promise<unknown>): Promise<Held> {
  await work(0);
  const before = held();
  for (let round = 1; round < rounds; round++) await work(round);
  const after = held();
  return { bytes: after.bytes - before.bytes, files: after.files - before.files };
}
