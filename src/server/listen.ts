import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { IcicleError, invalid } from '../core/errors.js';

export interface Listening {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /** Takes no more connections, and ends those there are once they have their answer, or after some time. */
  close(milliseconds: number): Promise<void>;
}

/** Connections at once; a request's body is held in memory. */
const CONNECTIONS = 1024;

/**
 * Answers HTTP on a port. @param place.port 0 is any that is free
 * @throws IcicleError where that port or host cannot be listened to
 */
export async function listen(
  app: Pick<OpenAPIHono, 'fetch'>,
  place: { readonly host: string; readonly port: number; readonly seconds: number },
): Promise<Listening> {
  const { host, port, seconds } = place;
  // Node takes no address for all of them.
  if (host === '') throw invalid('option host', host, 'use 127.0.0.1, or 0.0.0.0 for all addresses');
  let closing = false;
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const response = await app.fetch(request, env);
      const { outgoing } = env as HttpBindings;
      if (closing && !outgoing.headersSent) outgoing.setHeader('Connection', 'close');
      return response;
    },
    // A client has as long to send a request as the server has to answer it.
    serverOptions: { requestTimeout: 1000 * seconds, headersTimeout: 1000 * Math.min(seconds, 10) },
  }) as Server;
  server.maxConnections = CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
  });
  const { address, family, port: own } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${own}`,
    close: async (milliseconds) => {
      closing = true;
      const late = setTimeout(() => server.closeAllConnections(), milliseconds);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearTimeout(late);
    },
  };
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new IcicleError(
        `port ${port} of ${host} is taken: choose another with the option port, 0 for any that is free`,
        { cause: error },
      );
    case 'EACCES':
      return new IcicleError(
        `port ${port} of ${host} may not be listened to: choose one from 1024 with the option port`,
        {
          cause: error,
        },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return invalid(
        'option host',
        host,
        'no address of this machine: use 127.0.0.1, or 0.0.0.0 for all of them',
      );
    default:
      return new IcicleError(`cannot listen to port ${port} of ${host}: ${error.message}`, { cause: error });
  }
}
