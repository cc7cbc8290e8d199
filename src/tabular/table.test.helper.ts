import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { IcicleError } from '../core/errors.js';

/** A function that writes a file into a folder that is gone after the tests, and returns its path. */
export function scratch(): (name: string, text: string | Uint8Array) => Promise<string> {
  let folder: Promise<string> | undefined;
  afterAll(async () => {
    if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
  });
  return async (name, text) => {
    folder ??= mkdtemp(join(tmpdir(), 'icicle-table-'));
    const path = join(await folder, name);
    await writeFile(path, text);
    return path;
  };
}

/** The error of something that must fail in a way that the user can act on: one line. */
export async function refusal(work: () => unknown): Promise<{ message: string; exitCode: number }> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof IcicleError)) throw error;
    if (error.message.includes('\n')) throw new Error(`more than one line: ${error.message}`);
    return { message: error.message, exitCode: error.exitCode };
  }
  throw new Error('nothing was refused');
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** `rows` rows of x, a category and y = 3x + noise that follows a formula; the last `blank` without y. */
export function sampleCsv(rows: number, blank = 0): string {
  const lines = ['x,kind,y'];
  for (let i = 0; i < rows; i++) {
    const x = ((i * 37) % 101) / 10;
    const y = 3 * x + (i % 3) + Math.sin(i * 12.9898);
    lines.push(`${x},${'abc'[i % 3]},${i >= rows - blank ? '' : y.toFixed(3)}`);
  }
  return `${lines.join('\n')}\n`;
}
