import { IcicleError } from '../core/errors.js';
import { endWithParent, keepsMemory, relaunch } from './relaunch.js';
import { ReaderGone, Relaunched, type World } from './world.js';

/** The world of a real process: its streams, clock and signals. */
export function terminalWorld(host: NodeJS.Process): World {
  const { stdout, stderr, env } = host;
  // What goes wrong while writing is told by `out`; nothing can be told about stderr.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  return {
    out: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error) => (error ? reject(outputError(error)) : resolve()));
      }),
    say: (text) => {
      stderr.write(text);
    },
    terminal: stderr.isTTY === true && env.TERM !== 'dumb',
    columns: stderr.columns ?? 80,
    colour: stderr.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    now: () => performance.now(),
    onInterrupt: (handler) => onInterrupt(host, handler),
    keepMemory: async () => {
      if (keepsMemory(host)) {
        endWithParent(host);
        return true;
      }
      if (host.platform !== 'linux') return false;
      throw new Relaunched(await relaunch(host));
    },
    // The engine is loaded when a model is opened: help and errors need none.
    openModel: async (path) => (await import('./frozen.js')).openFrozen(path),
    openTabular: async (path) => (await import('./frozen.js')).openFrozenTables(path),
  };
}

function outputError(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE') return new ReaderGone();
  const reason = error.code === 'ENOSPC' ? 'no space is left on the disk' : error.message;
  return new IcicleError(`cannot write to stdout: ${reason}; free some space or send it elsewhere`, {
    cause: error,
  });
}

function onInterrupt(host: NodeJS.Process, handler: () => Promise<'exit' | 'continue'>): () => void {
  let asked = false;
  const listener = (signal: NodeJS.Signals) => {
    // Ended by the system: an exit would stop threads while they compute, which aborts with a message of theirs.
    if (asked) {
      host.removeAllListeners(signal);
      host.kill(host.pid, signal);
      return;
    }
    asked = true;
    handler().then(
      (answer) => {
        if (answer === 'exit') host.exit(130);
      },
      () => host.exit(130),
    );
  };
  // Gone is whoever ran this process, see `relaunch`.
  const alone = () => {
    if (!asked) listener('SIGTERM');
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) host.on(signal, listener);
  host.on('disconnect', alone);
  return () => {
    for (const signal of signals) host.off(signal, listener);
    host.off('disconnect', alone);
  };
}
