import { expect } from '@jest/globals';
import {
  problemSchema,
  routeResponseSchema,
  type RouteResponse,
} from '../../packages/contracts/dist/index.js';

export interface Answer {
  status: number;
  headers: Headers;
  body: unknown;
}

/** A caller of one gateway, as a client program would be: nothing but HTTP. */
export interface Client {
  url: string;
  get(path: string, key?: string): Promise<Answer>;
  post(path: string, body: unknown, key?: string): Promise<Answer>;
  delete(path: string, key?: string): Promise<Answer>;
  /** Sends the text as it is. */
  postText(path: string, text: string, contentType?: string): Promise<Answer>;
  /** Routes, and holds the answer to its contract. */
  route(request: Record<string, unknown>, key?: string): Promise<RouteResponse>;
}

/** No answer may take longer than the predictions' timeout and a margin. */
const HANGS_AFTER_MS = 20_000;

export function connectClient(url: string): Client {
  const call = async (path: string, init: RequestInit, key?: string): Promise<Answer> => {
    const headers = new Headers(init.headers);
    if (key !== undefined) {
      headers.set('authorization', `Bearer ${key}`);
    }
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers,
      signal: AbortSignal.timeout(HANGS_AFTER_MS),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
    };
  };
  const postText = (path: string, text: string, contentType = 'application/json', key?: string) =>
    call(path, { method: 'POST', body: text, headers: { 'content-type': contentType } }, key);
  const client: Client = {
    url,
    get: (path, key) => call(path, {}, key),
    post: (path, body, key) => postText(path, JSON.stringify(body), 'application/json', key),
    delete: (path, key) => call(path, { method: 'DELETE' }, key),
    postText: (path, text, contentType) => postText(path, text, contentType),
    route: async (request, key) => {
      const answer = await client.post('/v1/route', request, key);
      if (answer.status !== 200) {
        throw new Error(`POST /v1/route: ${answer.status} ${JSON.stringify(answer.body)}`);
      }
      return routeResponseSchema.parse(answer.body);
    },
  };
  return client;
}

/** Holds an answer to RFC 9457; the problem. */
export function expectProblem(answer: Answer, status: number | readonly number[]) {
  expect([status].flat()).toContain(answer.status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(answer.body);
  expect(problem.status).toBe(answer.status);
  return problem;
}
