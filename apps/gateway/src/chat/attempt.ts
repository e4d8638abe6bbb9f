import type { Readable } from 'node:stream';
import { ProviderError } from '@zerorouter/providers';
import type { Deployment, ProviderNetwork, ProviderResponse } from '@zerorouter/providers';
import type { Finding } from './deployment-health.js';
import { findingOf, judgeRefusal } from './judge-answer.js';

/** An answer that was read whole, to be passed on as it is. */
export interface WholeAnswer {
  statusCode: number;
  headers: ProviderResponse['headers'];
  body: Buffer;
}

/** What came of one call. */
export type Outcome = { finding: Finding } & (
  | { kind: 'answer'; response: BegunAnswer }
  | { kind: 'final' | 'too-long'; answer: WholeAnswer }
  | { kind: 'failed'; error: ProviderError }
);

/** Its first byte is there; the body is to be read or destroyed. */
export type BegunAnswer = Pick<ProviderResponse, 'statusCode' | 'headers' | 'body'>;

export interface AttemptRequest {
  deployment: Deployment;
  /** Below the base URL: `/chat/completions`. */
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Fires when nobody wants the answer any more. */
  signal: AbortSignal;
  /** To the first byte of the answer. */
  timeoutMs: number;
}

/** A refusal is read to its end to be judged; a longer one is no refusal that anybody reads. */
const MAX_REFUSAL_BYTES = 1_048_576;
/** What is judged of it. */
const JUDGED_BYTES = 65_536;

/** Calls a deployment once and waits for the first byte of a good answer, or for the whole of another. */
export async function attempt(network: ProviderNetwork, request: AttemptRequest): Promise<Outcome> {
  const { deployment, path, headers, body, signal, timeoutMs } = request;
  const end = new AbortController();
  const hangUp = (): void =>
    end.abort(new ProviderError('aborted', 'the client left before there was an answer'));
  const timer = setTimeout(
    () =>
      end.abort(
        new ProviderError(
          'timeout',
          `${deployment.upstreamModel} did not begin to answer within ${timeoutMs} ms`,
        ),
      ),
    timeoutMs,
  );
  signal.addEventListener('abort', hangUp, { once: true });
  if (signal.aborted) hangUp();
  try {
    const response = await network.request(deployment, path, {
      headers,
      body,
      signal: end.signal,
    });
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 300) {
      await firstByte(response.body);
      return { kind: 'answer', response, finding: { kind: 'well' } };
    }
    const answer = withoutKey(
      { statusCode, headers: response.headers, body: await readWhole(response.body) },
      deployment,
    );
    const verdict = judgeRefusal(answer, answer.body.toString('utf8', 0, JUDGED_BYTES), deployment);
    return verdict.kind === 'failed'
      ? verdict
      : { kind: verdict.kind, answer, finding: { kind: 'well' } };
  } catch (cause) {
    const error = toProviderError(cause, end.signal, deployment);
    return { kind: 'failed', error, finding: findingOf(error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', hangUp);
  }
}

/** @throws when the body ends or breaks before there is any. */
function firstByte(body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null): void => {
      body.off('readable', look).off('end', end).off('error', settle).off('close', cut);
      if (error === null) resolve();
      else reject(error);
    };
    const look = (): void => {
      if (body.readableLength > 0) settle(null);
      // An empty body ends only once it is read.
      else body.read();
    };
    const end = (): void => settle(new ProviderError('malformed', 'the answer is empty'));
    const cut = (): void => settle(new Error('the connection was closed'));
    body.on('readable', look).on('end', end).on('error', settle).on('close', cut);
  });
}

async function readWhole(body: Readable): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of body as AsyncIterable<Uint8Array>) {
    length += bytes.length;
    if (length > MAX_REFUSAL_BYTES)
      throw new ProviderError('malformed', 'an error of more than a megabyte');
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** Some providers repeat the key in what they say; it is none of the client's. */
function withoutKey(answer: WholeAnswer, { apiKey }: Deployment): WholeAnswer {
  if (apiKey === null || apiKey === '' || !answer.body.includes(apiKey)) return answer;
  const { 'content-length': _, ...headers } = answer.headers;
  return { ...answer, headers, body: Buffer.from(answer.body.toString().replaceAll(apiKey, '…')) };
}

function toProviderError(
  cause: unknown,
  signal: AbortSignal,
  { upstreamModel }: Deployment,
): ProviderError {
  if (signal.reason instanceof ProviderError) return signal.reason;
  if (cause instanceof ProviderError) return cause;
  return new ProviderError('cut', `${upstreamModel} ended its answer before it began`, { cause });
}
