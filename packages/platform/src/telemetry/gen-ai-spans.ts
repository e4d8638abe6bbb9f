import { openSpan, SpanKind } from './tracing.js';
import type { Span } from './tracing.js';

/** A call to a model at its provider. */
export interface GenAiCall {
  operation: 'chat' | 'embeddings';
  /** As the provider names it. */
  model: string;
  /** Of the deployment, where the call goes. */
  baseUrl: string;
  deploymentId: string;
}

/** What an answer tells of itself; null = it does not. */
export interface GenAiAnswer {
  id: string | null;
  /** The one that has answered, in the provider's words. */
  model: string | null;
  finishReason: string | null;
  inputTokens: number | null;
  /** Of the input tokens, those from the provider's prompt cache. */
  cachedTokens: number | null;
  /** Reasoning tokens included. */
  outputTokens: number | null;
}

/**
 * The span of a call, after OpenTelemetry's conventions for generative AI; its caller ends it. Neither prompt nor
 * answer is told of.
 * @returns null while traces are off
 */
export function openGenAiSpan({ operation, model, baseUrl, deploymentId }: GenAiCall): Span | null {
  return openSpan(`${operation} ${model}`, {
    kind: SpanKind.CLIENT,
    attributes: {
      'gen_ai.operation.name': operation,
      // The dialect that is spoken, whoever serves it.
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': model,
      ...serverOf(baseUrl),
      'zerorouter.deployment': deploymentId,
    },
  });
}

/** What is not known of the answer is not told. */
export function describeGenAiAnswer(span: Span, answer: GenAiAnswer): void {
  span.setAttributes({
    'gen_ai.response.id': answer.id ?? undefined,
    'gen_ai.response.model': answer.model ?? undefined,
    'gen_ai.response.finish_reasons':
      answer.finishReason === null ? undefined : [answer.finishReason],
    'gen_ai.usage.input_tokens': answer.inputTokens ?? undefined,
    'gen_ai.usage.cache_read.input_tokens': answer.cachedTokens ?? undefined,
    'gen_ai.usage.output_tokens': answer.outputTokens ?? undefined,
  });
}

function serverOf(baseUrl: string): { 'server.address'?: string; 'server.port'?: number } {
  if (!URL.canParse(baseUrl)) return {};
  const { hostname, port, protocol } = new URL(baseUrl);
  const standard = protocol === 'https:' ? 443 : 80;
  return { 'server.address': hostname, 'server.port': port === '' ? standard : Number(port) };
}
