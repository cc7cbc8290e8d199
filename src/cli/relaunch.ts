import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * What glibc's allocator is told: memory that was freed stays with the process, of all threads in one heap. Sessions of many
 * layouts can then do without an arena each, which would hold the memory of its largest moment for good. glibc reads these
 * when a process starts; other C libraries do not know them.
 */
const KEPT = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TOP_PAD_: String(2 ** 27),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
};

/** Whether this process keeps freed memory. */
export const keepsMemory = ({ env, platform }: NodeJS.Process): boolean =>
  platform === 'linux' && Object.entries(KEPT).every(([name, value]) => env[name] === value);

/** Signals that are handed on. The child has a process group of its own, so that each reaches it once. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Has a process that was run again end by SIGTERM when the one that did so is gone. Who handles interrupts is told by `disconnect`
 * alone, which is no second signal.
 */
export function endWithParent(host: NodeJS.Process): void {
  const end = () => host.kill(host.pid, 'SIGTERM');
  // It may have gone before anyone could listen.
  if (host.connected === false) end();
  if (host.connected !== true) return;
  host.on('disconnect', () => {
    if (host.listenerCount('SIGTERM') === 0) end();
  });
  // It is not to go on for the channel's sake.
  host.channel?.unref();
}

/** Runs the same command line again in a process that keeps freed memory. Signals are handed on. @returns its exit code */
export function relaunch(host: NodeJS.Process): Promise<number> {
  const child = spawn(host.execPath, [...host.execArgv, ...host.argv.slice(1)], {
    env: { ...host.env, ...KEPT },
    // The channel tells the child when this process is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const hand = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of SIGNALS) host.on(signal, hand);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const each of SIGNALS) host.off(each, hand);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
