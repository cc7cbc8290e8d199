import { randomUUID } from 'node:crypto';
import type { Command } from '@commander-js/extra-typings';
import { isLoopback } from '../../server/hosts.js';
import { LIMITS } from '../../server/limits.js';
import { modelFolder, packageVersion } from '../package.js';
import { numberFlag } from '../usage.js';
import type { World } from '../world.js';

const MODEL = 'models/tabular';
const HOST = '127.0.0.1';
const PORT = 8787;
/** How long requests under way have when the server is stopped. */
const STOP_SECONDS = 5;

const whole = (flag: string, least: number, example: number, most = 2 ** 53 - 1) =>
  numberFlag(flag, { least, most, whole: true, example: String(example) });

/** `icicle serve` */
export function registerServe(program: Command, world: World): void {
  program
    .command('serve')
    .summary('answer HTTP: learn tables in context and predict their rows')
    .description(
      'Learns tables that are posted to it and predicts rows of them: POST /v1/contexts, POST /v1/contexts/{id}/predict; ' +
        'GET /openapi.json describes all routes. It listens to this machine only unless --host says otherwise, keeps what it is ' +
        'sent in memory and sends it nowhere. Ctrl-C answers what is under way and ends.',
    )
    .option('--model <folder>', 'the frozen table model', MODEL)
    .option('--host <address>', 'the address to listen on', HOST)
    .option(
      '--port <n>',
      'the port to listen on; 0 for any that is free',
      whole('--port', 0, PORT, 65535),
      PORT,
    )
    .option('--threads <n>', 'threads of the model (default: all cores)', whole('--threads', 1, 2, 1024))
    .option(
      '--body-bytes <n>',
      'bytes of a request’s body',
      whole('--body-bytes', 1, LIMITS.bodyBytes, 2 ** 29),
      LIMITS.bodyBytes,
    )
    .option(
      '--labelled-rows <n>',
      'rows of a table that is learned',
      whole('--labelled-rows', 1, LIMITS.labelledRows),
      LIMITS.labelledRows,
    )
    .option(
      '--asked-rows <n>',
      'rows that one request asks',
      whole('--asked-rows', 1, LIMITS.askedRows),
      LIMITS.askedRows,
    )
    .option('--columns <n>', 'columns of a table', whole('--columns', 1, LIMITS.columns), LIMITS.columns)
    .option(
      '--contexts <n>',
      'learned tables that are kept; beyond them the one asked least recently is forgotten',
      whole('--contexts', 1, LIMITS.contexts),
      LIMITS.contexts,
    )
    .option(
      '--context-bytes <n>',
      'memory of all learned tables that are kept',
      whole('--context-bytes', 1, LIMITS.contextBytes),
      LIMITS.contextBytes,
    )
    .option(
      '--idle-seconds <n>',
      'forget a learned table that was not asked for so long (default: never)',
      whole('--idle-seconds', 1, 3600, 315_360_000),
    )
    .option(
      '--seconds <n>',
      'time of a request',
      numberFlag('--seconds', { least: 0.01, most: 86_400, example: String(LIMITS.seconds) }),
      LIMITS.seconds,
    )
    .option(
      '--waiting <n>',
      'requests that wait for the model',
      whole('--waiting', 1, LIMITS.waiting),
      LIMITS.waiting,
    )
    .option('--json', 'print the address, the model and the limits as one JSON document once it listens')
    .action(async ({ model, host, port, threads, json, idleSeconds, ...others }) => {
      const { startServer } = await import('../../server/server.js');
      const limits = { ...others, ...(idleSeconds === undefined ? {} : { idleSeconds }) };
      let stop: () => void = () => undefined;
      const stopped = new Promise<void>((resolve) => {
        stop = resolve;
      });
      const giveBack = world.onInterrupt(async () => {
        world.say(
          `\nanswering what is under way, for ${STOP_SECONDS} seconds at most; again to stop at once\n`,
        );
        stop();
        return 'continue';
      });
      try {
        const server = await startServer({
          ...{ model: modelFolder(model), host, port, limits, version: packageVersion() },
          ...(threads === undefined ? {} : { threads }),
          newId: randomUUID,
          now: Date.now,
          log: (text) => world.say(`${text}\n`),
        });
        const { name, hash } = server.model;
        if (!isLoopback(host))
          world.say(
            `warning: ${host} can be reached from other machines: whoever reaches it may learn and ask tables; ` +
              'put it behind a proxy that asks who they are\n',
          );
        world.say(`${name} (${hash.slice(0, 12)}) listens on ${server.url}\n`);
        if (json === true)
          await world.out(`${JSON.stringify({ url: server.url, model: server.model, limits })}\n`);
        await stopped;
        await server.stop(1000 * STOP_SECONDS);
      } finally {
        giveBack();
      }
    });
}
