// Errors as RFC 9457 has them: `application/problem+json` with type, title, status and detail.

/** Every kind of problem: the last word of its type, its status, its title. */
export const PROBLEMS = {
  'malformed-json': [400, 'The body is no JSON'],
  'invalid-request': [400, 'The request does not fit the schema'],
  'unknown-context': [404, 'There is no such context'],
  'unknown-route': [404, 'There is no such route'],
  'unsupported-method': [405, 'The route has no such method'],
  'too-large': [413, 'The request is larger than this server takes'],
  'unsupported-content-type': [415, 'The body is no application/json'],
  'foreign-host': [421, 'The request is meant for another host'],
  'invalid-table': [422, 'The table cannot be learned or asked'],
  'client-gone': [499, 'The client has gone'],
  bug: [500, 'The server failed'],
  'learner-gone': [503, 'The model was lost while it computed'],
  'too-many-waiting': [503, 'Too many requests wait'],
  stopping: [503, 'The server is being stopped'],
  timeout: [504, 'The request took too long'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ProblemKind = keyof typeof PROBLEMS;

/** Something that is wrong with a request's body, and where: a JSON pointer as a URI fragment. */
export interface ProblemPart {
  readonly detail: string;
  readonly pointer: string;
}

/** An error that a client is told. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly kind: ProblemKind,
    detail: string,
    readonly parts?: readonly ProblemPart[],
  ) {
    super(detail);
  }
}

/** On every response: nothing is kept on the way, or taken for another kind of file. */
export const COMMON_HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;

/** What a request that may come again is told to wait, in seconds. */
const RETRY_AFTER = '1';

/** The media type of an error. */
export const PROBLEM_JSON = 'application/problem+json';

/** @param headers such as `Allow` */
export function problemResponse(
  { kind, message, parts }: Problem,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const [status, title] = PROBLEMS[kind];
  const body = {
    type: `urn:problem-type:icicle:${kind}`,
    title,
    status,
    detail: message,
    ...(parts === undefined ? {} : { errors: parts }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': PROBLEM_JSON,
      ...COMMON_HEADERS,
      ...(status === 503 ? { 'Retry-After': RETRY_AFTER } : {}),
      ...headers,
    },
  });
}
