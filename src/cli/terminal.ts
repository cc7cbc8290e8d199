import type { World } from './world.js';

/** The world of a real process: its streams, clock and signals. */
export function terminalWorld(host: NodeJS.Process): World {
  const { stdout, stderr, env } = host;
  // A reader that went away (`| head`) is no error.
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') host.exit(0);
      throw error;
    });
  return {
    out: (text) =>
      new Promise((resolve) => {
        stdout.write(text, () => resolve());
      }),
    say: (text) => {
      stderr.write(text);
    },
    terminal: stderr.isTTY === true && env.TERM !== 'dumb',
    columns: stderr.columns ?? 80,
    colour: stderr.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb',
    now: () => performance.now(),
    onInterrupt: (handler) => onInterrupt(host, handler),
    // The engine is loaded when a model is opened: help and errors need none.
    openModel: async (path) => (await import('./frozen.js')).openFrozen(path),
  };
}

function onInterrupt(host: NodeJS.Process, handler: () => Promise<'exit' | 'continue'>): () => void {
  let asked = false;
  const listener = () => {
    if (asked) host.exit(130);
    asked = true;
    handler().then(
      (answer) => {
        if (answer === 'exit') host.exit(130);
      },
      () => host.exit(130),
    );
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) host.on(signal, listener);
  return () => {
    for (const signal of signals) host.off(signal, listener);
  };
}
