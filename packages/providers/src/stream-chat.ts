import { chatBody, type ChatRequest } from './chat-request.js';
import type { Deployment } from './deployment.js';
import { adaptDialect } from './dialect.js';
import { statusFailure } from './failed-answer.js';
import type { ProviderNetwork, ProviderResponse } from './provider-network.js';
import { ReplyReader, type ChatReply } from './reply-reader.js';
import { transportFailure } from './transport-failure.js';
import { withDeadline, type DeadlineOptions } from './with-deadline.js';

const MAX_ERROR_BYTES = 65_536;
/** A stream that is over is read to its end, so that its connection can be used again; no longer. */
const LINGER_MS = 250;

/**
 * Asks a deployment for one answer, streamed, so that the times to the first and to the last token
 * are known. Where it refuses a parameter that not every server takes, the call is made again without,
 * and the next ones begin so. Times count from the call that was answered.
 *
 * @throws ProviderError of any kind
 */
export function streamChat(
  network: ProviderNetwork,
  deployment: Deployment,
  request: ChatRequest,
  options: DeadlineOptions,
): Promise<ChatReply> {
  return withDeadline(options, deployment.upstreamModel, async (signal) => {
    const givesTemperature = request.parameters?.['temperature'] !== undefined;
    let dialect = network.dialects.of(deployment);
    for (;;) {
      const startedAt = performance.now();
      const response = await network.request(deployment, '/chat/completions', {
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream, application/json',
        },
        body: JSON.stringify(chatBody(deployment, request, dialect)),
        signal,
      });
      const status = response.statusCode;
      if (status >= 200 && status < 300) {
        network.dialects.remember(deployment, dialect);
        return await readReply(response, deployment, startedAt, signal);
      }
      const body = await readError(response, deployment, signal);
      const adapted =
        status === 400 || status === 422 ? adaptDialect(dialect, body, givesTemperature) : null;
      if (adapted === null) throw statusFailure(status, body, deployment, response.headers);
      dialect = adapted;
    }
  });
}

async function readReply(
  { body }: ProviderResponse,
  deployment: Deployment,
  startedAt: number,
  signal: AbortSignal,
): Promise<ChatReply> {
  const reader = new ReplyReader(deployment, startedAt);
  let linger: NodeJS.Timeout | undefined;
  try {
    for await (const bytes of body as AsyncIterable<Uint8Array>) {
      reader.feed(bytes, performance.now());
      if (reader.isDone) linger ??= setTimeout(() => body.destroy(), LINGER_MS);
    }
  } catch (error) {
    // Cut behind its end, an answer is whole.
    if (!reader.isComplete) throw failedReading(error, deployment, signal);
  } finally {
    clearTimeout(linger);
  }
  return reader.finish(performance.now());
}

async function readError(
  { body }: ProviderResponse,
  deployment: Deployment,
  signal: AbortSignal,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const bytes of body as AsyncIterable<Uint8Array>) {
      parts.push(bytes);
      length += bytes.length;
      if (length > MAX_ERROR_BYTES) break;
    }
  } catch (error) {
    if (signal.aborted) throw failedReading(error, deployment, signal);
  }
  return Buffer.concat(parts).toString('utf8');
}

function failedReading(error: unknown, deployment: Deployment, signal: AbortSignal) {
  const { upstreamModel: endpoint, apiKey } = deployment;
  return transportFailure(error, { endpoint, apiKey, signal, answered: true });
}
