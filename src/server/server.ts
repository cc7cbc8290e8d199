import { tableApp } from './app.js';
import { isLoopback } from './hosts.js';
import type { Limits } from './limits.js';
import { listen } from './listen.js';
import type { ModelName } from './protocol.js';
import { type ServiceOptions, tableService } from './service.js';
import { startThread } from './thread.js';

export interface ServerOptions extends Pick<ServiceOptions, 'newId' | 'now' | 'log'> {
  /** The model's folder. */
  readonly model: string;
  readonly host: string;
  readonly port: number;
  readonly limits: Limits;
  /** Threads within an operation; all cores where none are given. */
  readonly threads?: number;
  /** Of this program, for /openapi.json. */
  readonly version: string;
}

export interface TableServer {
  readonly url: string;
  readonly model: ModelName;
  /** Answers what it has been asked, for so long at most, and ends. */
  stop(milliseconds: number): Promise<void>;
}

/**
 * A server of tables that are learned in context: answers HTTP until it is stopped.
 * @throws IcicleError where the model cannot be opened or the port cannot be listened to
 */
export async function startServer({
  model,
  host,
  port,
  limits,
  threads,
  version,
  ...world
}: ServerOptions): Promise<TableServer> {
  const { contextBytes, seconds } = limits;
  const data = { model, contextBytes, ...(threads === undefined ? {} : { threads }) };
  const service = await tableService({ limits, startThread: () => startThread(data), ...world });
  try {
    const app = tableApp({ service, limits, version, ownHostOnly: isLoopback(host), log: world.log });
    const { url, close } = await listen(app, { host, port, seconds });
    return {
      url,
      model: service.health().model,
      stop: async (milliseconds) => {
        service.stop();
        await close(milliseconds);
        await service.close();
      },
    };
  } catch (error) {
    await service.close();
    throw error;
  }
}
