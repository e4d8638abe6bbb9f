import { failSpan, openSpan, SpanKind, withinSpan } from '@zerorouter/platform';
import type { Span } from '@zerorouter/platform';
import type { Deployment, Metered } from '@zerorouter/providers';
import type { BegunAnswer, Outcome } from '../chat/attempt.js';

/** Spans of calls whose answers have begun. */
const begun = new WeakMap<BegunAnswer, Span>();

/**
 * Makes a call within a span, after OpenTelemetry's conventions for generative AI. That of an answer which begins stays
 * open: {@link endCallSpan}. Neither prompt nor answer is told of.
 */
export async function spanCall(
  deployment: Deployment,
  path: string,
  call: () => Promise<Outcome>,
): Promise<Outcome> {
  const { id, baseUrl, upstreamModel } = deployment;
  const operation = path.endsWith('/embeddings') ? 'embeddings' : 'chat';
  const span = openSpan(`${operation} ${upstreamModel}`, {
    kind: SpanKind.CLIENT,
    attributes: {
      'gen_ai.operation.name': operation,
      // The dialect that is spoken, whoever serves it.
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': upstreamModel,
      'server.address': URL.canParse(baseUrl) ? new URL(baseUrl).hostname : '',
      'zerorouter.deployment': id,
    },
  });
  if (span === null) return call();
  let outcome: Outcome;
  try {
    outcome = await withinSpan(span, call);
  } catch (error) {
    failSpan(span, error);
    span.end();
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
      fail(span, kind);
      return outcome;
    }
  }
}

/** An answer has passed, or has broken off. */
export function endCallSpan(answer: BegunAnswer, metered: Metered, ending: string): void {
  const span = begun.get(answer);
  if (span === undefined) return;
  begun.delete(answer);
  const { usage, finishReason } = metered;
  if (usage !== null)
    span.setAttributes({
      'gen_ai.usage.input_tokens': usage.inputTokens ?? undefined,
      'gen_ai.usage.output_tokens': usage.outputTokens ?? undefined,
    });
  if (finishReason !== null) span.setAttribute('gen_ai.response.finish_reasons', [finishReason]);
  if (ending === 'complete') span.end();
  else fail(span, ending);
}

function fail(span: Span, type: string): void {
  failSpan(span, type);
  span.end();
}
