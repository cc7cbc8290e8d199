import { createRoute, type z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Limits } from './limits.js';
import { PROBLEM_JSON, PROBLEMS, type ProblemKind } from './problems.js';
import { contextView, health, idParam, predictions, problem, requestSchemas } from './schemas.js';

/** What is checked of requests with a body before it is parsed. */
export type BodyChecks = MiddlewareHandler[];

/** Every route with what goes in and what comes out: what is checked, and what /openapi.json tells. */
export function routesOf(limits: Limits, body: BodyChecks) {
  const requests = requestSchemas(limits);
  return {
    learn: createRoute({
      operationId: 'learn',
      method: 'post',
      path: '/v1/contexts',
      summary: 'Learn a table in context',
      middleware: body,
      request: { body: json(requests.context) },
      responses: {
        201: {
          description: 'The table was learned.',
          headers: {
            Location: { schema: { type: 'string' as const }, description: 'The path of the context.' },
          },
          ...content(contextView),
        },
        ...problems(BODY, 'invalid-table', TAKES_TIME),
      },
    }),
    predict: createRoute({
      operationId: 'predict',
      method: 'post',
      path: '/v1/contexts/{id}/predict',
      summary: 'Predict rows',
      middleware: body,
      request: { params: idParam, body: json(requests.predict) },
      responses: {
        200: { description: 'A prediction for each row, in their order.', ...content(predictions) },
        ...problems(BODY, 'unknown-context', 'invalid-table', TAKES_TIME),
      },
    }),
    describe: createRoute({
      operationId: 'describe',
      method: 'get',
      path: '/v1/contexts/{id}',
      summary: 'What is known of a context',
      request: { params: idParam },
      responses: {
        200: { description: 'The context.', ...content(contextView) },
        ...problems('unknown-context', ALWAYS),
      },
    }),
    forget: createRoute({
      operationId: 'forget',
      method: 'delete',
      path: '/v1/contexts/{id}',
      summary: 'Forget a context',
      request: { params: idParam },
      responses: {
        204: { description: 'It is forgotten.' },
        ...problems('unknown-context', ALWAYS),
      },
    }),
    health: createRoute({
      operationId: 'health',
      method: 'get',
      path: '/health',
      summary: 'Whether the server is well',
      responses: {
        200: { description: 'It is, or starts again what it computes with.', ...content(health) },
        ...problems(ALWAYS),
      },
    }),
  };
}

const ALWAYS = ['unsupported-method', 'foreign-host', 'bug'] as const satisfies readonly ProblemKind[];
const BODY = [
  'malformed-json',
  'invalid-request',
  'too-large',
  'unsupported-content-type',
  ...ALWAYS,
] as const satisfies readonly ProblemKind[];
const TAKES_TIME = [
  'too-many-waiting',
  'learner-gone',
  'stopping',
  'timeout',
] as const satisfies readonly ProblemKind[];

const RETRY_AFTER = {
  'Retry-After': {
    schema: { type: 'integer' },
    description: 'Seconds to wait before the request comes again.',
  },
};

const content = <T extends z.ZodType>(schema: T) => ({ content: { 'application/json': { schema } } });
const json = <T extends z.ZodType>(schema: T) => ({ required: true, ...content(schema) });

/** Responses for kinds of problems: one a status. */
function problems(...kinds: readonly (ProblemKind | readonly ProblemKind[])[]) {
  const all = kinds.flat() as ProblemKind[];
  const statuses = [...new Set(all.map((kind) => PROBLEMS[kind][0]))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const titles = all.filter((kind) => PROBLEMS[kind][0] === status).map((kind) => PROBLEMS[kind][1]);
      return [
        status,
        {
          description: `${titles.join('; or: ')}.`,
          ...(status === 503 ? { headers: RETRY_AFTER } : {}),
          content: { [PROBLEM_JSON]: { schema: problem } },
        },
      ];
    }),
  ) as Record<never, never>;
}
