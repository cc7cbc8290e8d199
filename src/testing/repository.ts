import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const inRoot = (...path: string[]): string => join(ROOT, ...path);
export const readText = (...path: string[]): string => readFileSync(inRoot(...path), 'utf8');

/** Whether the model that ships lies in its place. */
export const hasShippedModel = ['linear-8', 'tabular'].every((name) =>
  existsSync(inRoot('models', name, 'model.json')),
);

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program until it ends. */
export function execute(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      cwd,
      maxBuffer: 64 * 1024 * 1024,
      shell: /^np[mx]$/.test(command) && process.platform === 'win32',
    };
    execFile(command, args, options, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, out, err });
    });
  });
}

/** Runs Node in a process of its own. */
export const node = (args: readonly string[], cwd: string): Promise<Ended> =>
  execute(process.execPath, args, cwd);

/** The command line as a user calls it. */
export const icicle = (args: readonly string[], cwd: string): Promise<Ended> =>
  node([inRoot('dist', 'cli', 'main.js'), ...args], cwd);

/** A new folder outside the repository, and what removes it. */
export function temporaryFolder(): { readonly folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'icicle-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Makes a folder a project of a user's in which `icicle` can be imported and the tables lie where the README says. */
export function makeProject(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  link(ROOT, join(folder, 'node_modules', 'icicle'));
  link(inRoot('examples'), join(folder, 'examples'));
}

/** A link to a folder. */
export const link = (to: string, path: string): void => symlinkSync(to, path, 'junction');

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  /** Line of the file on which the code begins, from 1. */
  readonly line: number;
}

/** The fenced code blocks of a Markdown text. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    code: match[2]!,
    line: markdown.slice(0, match.index).split('\n').length + 1,
  }));
}

/** A Markdown text without its code blocks. */
export const proseOf = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```$/gm, '');
