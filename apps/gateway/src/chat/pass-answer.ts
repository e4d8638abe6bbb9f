import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { ProviderResponse } from '@zerorouter/providers';

/** Headers of a client that a provider may need; the key, above all, is not among them. */
const FORWARDED = [
  'accept',
  'openai-beta',
  'anthropic-beta',
  'anthropic-version',
  'http-referer',
  'x-title',
  'x-client-request-id',
  'traceparent',
  'tracestate',
];

/** Headers of a provider that a client may need. */
const RETURNED =
  /^(content-type|content-length|content-encoding|retry-after(-ms)?|(x-)?request-id|x-should-retry|x-ratelimit-.*|openai-.*|anthropic-.*)$/;

export function forwardedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const forwarded: Record<string, string> = { 'content-type': 'application/json' };
  for (const name of FORWARDED) {
    const value = headers[name];
    if (typeof value === 'string') forwarded[name] = value;
  }
  return forwarded;
}

export function returnedHeaders(
  headers: ProviderResponse['headers'],
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value !== undefined && RETURNED.test(name) ? [[name, value]] : [],
    ),
  );
}

/**
 * The body as it comes, no faster than it is read. Either side that breaks off ends the other, and a
 * pause of `idleMs`, on whichever side, ends both.
 */
export function passBody(body: Readable, idleMs: number): Readable {
  const timer = setTimeout(() => {
    passed.destroy(new Error(`nothing moved for ${idleMs} ms`));
  }, idleMs);
  const passed = new Transform({
    transform(chunk: Buffer, _, done) {
      timer.refresh();
      done(null, chunk);
    },
  });
  // By hand: pipeline() makes and fires an AbortController for each answer, a twentieth of all work here.
  body.once('error', (error) => passed.destroy(error));
  passed.once('close', () => {
    clearTimeout(timer);
    body.destroy();
  });
  return body.pipe(passed);
}
