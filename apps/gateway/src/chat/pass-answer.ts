import { Transform } from 'node:stream';
import type { Readable } from 'node:stream';
import type { CallEnding } from '@zerorouter/database';
import type { AnswerMeter, ProviderResponse } from '@zerorouter/providers';

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

/** How a body that was passed on came to its end. */
export type PassedEnding = Extract<CallEnding, 'complete' | 'aborted' | 'broken'>;

/**
 * The body as it comes, no faster than it is read. Either side that breaks off ends the other, and a
 * pause of `idleMs`, on whichever side, ends both.
 * @param meter sees every byte before it goes on. @param onEnd is called once, at the end of both.
 */
export function passBody(
  body: Readable,
  idleMs: number,
  meter: Pick<AnswerMeter, 'take' | 'flush'>,
  onEnd: (ending: PassedEnding) => void,
): Readable {
  let stalled = false;
  let broken = false;
  const timer = setTimeout(() => {
    stalled = !passed.writableNeedDrain;
    passed.destroy(new Error(`nothing moved for ${idleMs} ms`));
  }, idleMs);
  const push = (bytes: Buffer): void => {
    if (bytes.length > 0) passed.push(bytes);
  };
  const passed = new Transform({
    transform(chunk: Buffer, _, done) {
      timer.refresh();
      push(meter.take(chunk));
      done();
    },
    flush(done) {
      push(meter.flush());
      done();
    },
  });
  // By hand: pipeline() makes and fires an AbortController for each answer, a twentieth of all work here.
  body.once('error', (error) => {
    broken = !passed.destroyed;
    passed.destroy(error);
  });
  passed.once('close', () => {
    clearTimeout(timer);
    onEnd(body.readableEnded ? 'complete' : broken || stalled ? 'broken' : 'aborted');
    body.destroy();
  });
  return body.pipe(passed);
}
