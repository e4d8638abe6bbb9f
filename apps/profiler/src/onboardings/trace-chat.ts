import { describeGenAiAnswer, failSpan, openGenAiSpan, withinSpan } from '@zerorouter/platform';
import { ProviderError, streamChat } from '@zerorouter/providers';
import type { ChatReply } from '@zerorouter/providers';

/** As {@link streamChat}, within a span of its own while traces are on. */
export async function traceChat(...call: Parameters<typeof streamChat>): Promise<ChatReply> {
  const [, { id, baseUrl, upstreamModel }] = call;
  const span = openGenAiSpan({
    operation: 'chat',
    model: upstreamModel,
    baseUrl,
    deploymentId: id,
  });
  if (span === null) return streamChat(...call);
  try {
    const reply = await withinSpan(span, () => streamChat(...call));
    describeGenAiAnswer(span, { ...reply, cachedTokens: null });
    return reply;
  } catch (error) {
    failSpan(span, error instanceof ProviderError ? String(error.status ?? error.kind) : error);
    if (error instanceof ProviderError && error.status !== null)
      span.setAttribute('http.response.status_code', error.status);
    throw error;
  } finally {
    span.end();
  }
}
