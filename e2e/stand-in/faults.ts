import type { ServerResponse } from 'node:http';
import { chance } from './chance.js';

/**
 * `rate-limit` (429 with Retry-After), `server-error` (500), `hang` (never answers), `cut` (a stream
 * that breaks), `malformed` (JSON that breaks), `empty` (an answer of no text), `refusal` (one that
 * declines), `wrong-type` (a web page), `unauthorized` (401).
 */
export type FaultKind =
  | 'rate-limit'
  | 'server-error'
  | 'hang'
  | 'cut'
  | 'malformed'
  | 'empty'
  | 'refusal'
  | 'wrong-type'
  | 'unauthorized';

export interface Fault {
  kind: FaultKind;
  /** Share of the calls, drawn with the seed. */
  share?: number;
  /** Numbers of the calls, from 1. */
  calls?: readonly number[];
  /** Seconds that a `rate-limit` asks for, and how it writes them. Default: 1, `seconds`. */
  retryAfterS?: number;
  retryAfterForm?: 'seconds' | 'date';
}

/** The fault of a call, if it has one: the first in the list that strikes. */
export function faultOf(faults: readonly Fault[], call: number, seed: number): Fault | undefined {
  return faults.find(
    ({ share = 0, calls = [] }, i) =>
      calls.includes(call) || chance(seed, 'fault', i, call) < share,
  );
}

/** Answers with a fault that has no answer in it; false for the kinds that spoil one (`cut`, `empty`, …). */
export function answerFault(response: ServerResponse, fault: Fault): boolean {
  const say = (status: number, message: string, headers: Record<string, string> = {}): boolean => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: { message, type: 'stand_in', code: null } }));
    return true;
  };
  switch (fault.kind) {
    case 'rate-limit': {
      const seconds = fault.retryAfterS ?? 1;
      const retryAfter =
        fault.retryAfterForm === 'date'
          ? new Date(Date.now() + seconds * 1_000).toUTCString()
          : String(seconds);
      return say(429, 'Rate limit reached', { 'retry-after': retryAfter });
    }
    case 'server-error':
      return say(500, 'The server had an error');
    case 'unauthorized':
      return say(401, 'Incorrect API key provided');
    case 'wrong-type':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Sign in</title>');
      return true;
    case 'malformed':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('data: {"choices":[{"delta":{"content":"He\n\n');
      return true;
    case 'hang':
      return true;
    case 'cut':
    case 'empty':
    case 'refusal':
      return false;
  }
}
