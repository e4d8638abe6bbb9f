import { describeGenAiAnswer, failSpan, openGenAiSpan, withinSpan } from '@zerorouter/platform';
import type { Span } from '@zerorouter/platform';
import type { Deployment, Metered } from '@zerorouter/providers';
import type { BegunAnswer, Outcome } from '../chat/attempt.js';

/** Spans of calls whose answers have begun. */
const begun = new WeakMap<BegunAnswer, Span>();

/** Makes a call within a span of its own. That of an answer which begins stays open: {@link endCallSpan}. */
export async function spanCall(
  { id, baseUrl, upstreamModel }: Deployment,
  path: string,
  call: () => Promise<Outcome>,
): Promise<Outcome> {
  const span = openGenAiSpan({
    operation: path.endsWith('/embeddings') ? 'embeddings' : 'chat',
    model: upstreamModel,
    baseUrl,
    deploymentId: id,
  });
  if (span === null) return call();
  let outcome: Outcome;
  try {
    outcome = await withinSpan(span, call);
  } catch (error) {
    fail(span, error);
    throw error;
  }
  switch (outcome.kind) {
    case 'answer':
      span.setAttribute('http.response.status_code', outcome.response.statusCode);
      begun.set(outcome.response, span);
      return outcome;
    case 'final':
    case 'too-long':
      span.setAttribute('http.response.status_code', outcome.answer.statusCode);
      fail(span, String(outcome.answer.statusCode));
      return outcome;
    case 'failed': {
      const { status, kind } = outcome.error;
      if (status !== null) span.setAttribute('http.response.status_code', status);
      fail(span, status === null ? kind : String(status));
      return outcome;
    }
  }
}

/** An answer has passed, or has broken off. */
export function endCallSpan(answer: BegunAnswer, metered: Metered, ending: string): void {
  const span = begun.get(answer);
  if (span === undefined) return;
  begun.delete(answer);
  const { id, model, usage, finishReason } = metered;
  describeGenAiAnswer(span, {
    id,
    model,
    finishReason,
    inputTokens: usage?.inputTokens ?? null,
    cachedTokens: usage?.cachedTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
  });
  if (ending === 'complete') span.end();
  else fail(span, ending);
}

function fail(span: Span, error: unknown): void {
  failSpan(span, error);
  span.end();
}
