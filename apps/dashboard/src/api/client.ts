import type { z } from 'zod';
import { currentKey } from '../keys/credentials.js';
import { ApiError, describeFailure, describeNoAnswer } from './problem.js';

export interface CallOptions {
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface SendOptions extends CallOptions {
  /** The `etag` under which it was read: the call fails with 412 where it has changed since. */
  ifMatch?: string | null;
  /** The same one again has no effect again. */
  idempotencyKey?: string;
}

/** An answer with the ETag to send back in `ifMatch`. */
export interface Tagged<Data> {
  data: Data;
  etag: string | null;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Any call of the API, with the key that was entered, as a header and never in the address.
 * @throws ApiError for whatever is not 2xx, and where there was no answer; what `signal` aborts
 *   rejects with its reason.
 */
export async function call(
  method: Method,
  path: string,
  options: CallOptions & { body?: BodyInit } = {},
): Promise<Response> {
  const where = `${method} ${path}`;
  const headers = new Headers(options.headers);
  const key = currentKey();
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  let response: Response;
  try {
    response = await fetch(withQuery(path, options.query), {
      method,
      headers,
      body: options.body,
      signal: options.signal,
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw describeNoAnswer(where, error);
  }
  if (response.ok) return response;
  throw describeFailure(response.status, await response.json().catch(() => null), where);
}

/** `GET`, held to the schema of its contract. @throws ApiError */
export async function get<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options?: CallOptions,
): Promise<z.output<Schema>> {
  return (await getTagged(path, schema, options)).data;
}

export async function getTagged<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options?: CallOptions,
): Promise<Tagged<z.output<Schema>>> {
  return read(await call('GET', path, options), schema, `GET ${path}`);
}

/** Sends JSON (`undefined` = no body) and reads JSON. @throws ApiError */
export async function send<Schema extends z.ZodType>(
  method: Exclude<Method, 'GET'>,
  path: string,
  body: unknown,
  schema: Schema,
  options: SendOptions = {},
): Promise<z.output<Schema>> {
  const { ifMatch, idempotencyKey, ...rest } = options;
  const response = await call(method, path, {
    ...rest,
    headers: {
      ...rest.headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch == null ? {} : { 'if-match': ifMatch }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (await read(response, schema, `${method} ${path}`)).data;
}

/** Sends, and expects no body (204). @throws ApiError */
export async function sendOnly(
  method: Exclude<Method, 'GET'>,
  path: string,
  options: Omit<SendOptions, 'idempotencyKey'> = {},
): Promise<void> {
  const { ifMatch, ...rest } = options;
  await call(method, path, {
    ...rest,
    headers: { ...rest.headers, ...(ifMatch == null ? {} : { 'if-match': ifMatch }) },
  });
}

async function read<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
  where: string,
): Promise<Tagged<z.output<Schema>>> {
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (parsed.success) return { data: parsed.data, etag: response.headers.get('etag') };
  const [issue] = parsed.error.issues;
  throw new ApiError(
    response.status,
    'unexpected-answer',
    `The answer is not what this page knows (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`,
    where,
    'Reload the page: the gateway may have been updated since it was opened.',
  );
}

function withQuery(path: string, query: CallOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
