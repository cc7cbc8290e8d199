import { OpenAPIHono, type z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { isOwnHost } from './hosts.js';
import { problemOfIssues } from './issues.js';
import type { Limits } from './limits.js';
import { COMMON_HEADERS, Problem, problemResponse } from './problems.js';
import { routesOf } from './routes.js';
import { columnArrays, rowObjects } from './schemas.js';
import type { TableService } from './service.js';

export interface AppOptions {
  readonly service: TableService;
  readonly limits: Limits;
  readonly version: string;
  /** Whether only requests to this machine's own names are answered, so that no page elsewhere can reach it by a name of its own. */
  readonly ownHostOnly: boolean;
  log(text: string): void;
}

/** The server's routes, without sockets. */
export function tableApp({ service, limits, version, ownHostOnly, log }: AppOptions): OpenAPIHono {
  const app = new OpenAPIHono();
  const routes = routesOf(limits, [
    async (_, next) => {
      service.admit();
      await next();
    },
    checkContentType,
    bodyLimit({
      maxSize: limits.bodyBytes,
      onError: () => {
        throw new Problem(
          'too-large',
          `the body has more than ${limits.bodyBytes} bytes: send fewer rows at a time`,
        );
      },
    }),
  ]);
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(COMMON_HEADERS)) c.header(name, value);
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    if (ownHostOnly && !isOwnHost(host))
      throw new Problem('foreign-host', 'this server listens to this machine only, by the name localhost');
    await next();
  });
  app.openapi(
    routes.learn,
    async (c) => {
      const { rows, ...options } = c.req.valid('json');
      const context = await service.learn(rows, given(options), c.req.raw.signal);
      c.header('Location', `/v1/contexts/${context.id}`);
      return c.json(context, 201);
    },
    refusing(routes.learn),
  );
  app.openapi(
    routes.predict,
    async (c) => {
      const { rows } = c.req.valid('json');
      const predictions = await service.predict(c.req.valid('param').id, rows, c.req.raw.signal);
      return c.json({ predictions }, 200);
    },
    refusing(routes.predict),
  );
  app.openapi(routes.describe, (c) => c.json(service.describe(c.req.valid('param').id), 200));
  app.openapi(routes.forget, (c) => {
    service.forget(c.req.valid('param').id);
    return c.body(null, 204);
  });
  app.openapi(routes.health, (c) => c.json(service.health(), 200));
  app.openAPIRegistry.register('RowObjects', rowObjects);
  app.openAPIRegistry.register('ColumnArrays', columnArrays);
  const description = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Icicle', version, description: 'A frozen transformer learns tables in context.' },
  });
  app.get('/openapi.json', (c) => c.json(description));
  for (const [path, methods] of Object.entries(METHODS))
    app.all(path, (c) =>
      problemResponse(
        new Problem('unsupported-method', `${c.req.method} is none of ${path}: it has ${methods.join(', ')}`),
        { Allow: methods.join(', ') },
      ),
    );
  app.notFound((c) =>
    problemResponse(
      new Problem(
        'unknown-route',
        `no route ${c.req.path.slice(0, 200)}: GET /openapi.json describes all of them`,
      ),
    ),
  );
  app.onError((error, c) => problemResponse(problemOf(error, c)));

  const problemOf = (error: Error, c: Context): Problem => {
    if (error instanceof Problem) return error;
    if (error instanceof HTTPException && error.status === 400)
      return new Problem(
        'malformed-json',
        'the body is no JSON: send an object such as {"rows": [{"age": 41}]}',
      );
    if (error instanceof HTTPException && error.status === 415) return wrongContentType(c);
    // The body could not be read to its end, since the client has gone.
    if (c.req.raw.signal.aborted) return new Problem('client-gone', 'the client has gone');
    log(`a bug: ${error.stack ?? error.message}`);
    return new Problem('bug', 'this is a bug of the server, whose log tells more');
  };
  return app;
}

/** Says what a route's schema has against a request. */
const refusing =
  ({ request: { body } }: ReturnType<typeof routesOf>['learn' | 'predict']) =>
  (
    result: { readonly success: true } | { readonly success: false; readonly error: z.ZodError },
  ): undefined => {
    if (!result.success)
      throw problemOfIssues(result.error.issues, Object.keys(body.content['application/json'].schema.shape));
  };

/** What every path answers to. */
const METHODS = {
  '/v1/contexts': ['POST'],
  '/v1/contexts/:id/predict': ['POST'],
  '/v1/contexts/:id': ['GET', 'HEAD', 'DELETE'],
  '/health': ['GET', 'HEAD'],
  '/openapi.json': ['GET', 'HEAD'],
} as const;

const checkContentType: MiddlewareHandler = async (c, next) => {
  const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
  const encoding = c.req.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (type !== 'application/json' || encoding !== 'identity') throw wrongContentType(c);
  await next();
};

const wrongContentType = (c: Context): Problem => {
  const [type, encoding] = ['content-type', 'content-encoding'].map((name) =>
    c.req.header(name)?.slice(0, 100),
  );
  const found = type === undefined ? 'none is given' : `it is ${type}`;
  const encoded = encoding === undefined ? '' : `, encoded as ${encoding}`;
  return new Problem('unsupported-content-type', `${found}${encoded}: send application/json, not compressed`);
};

/** Options without those that were not given. */
const given = <T extends object>(options: T) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
