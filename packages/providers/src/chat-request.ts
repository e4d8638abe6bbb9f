import type { Deployment } from './deployment.js';
import type { Dialect } from './dialect.js';

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface ChatRequest {
  messages: readonly ChatMessage[];
  /** Longest answer, tokens; reasoning counts. */
  maxTokens: number;
  /** Sent along (`reasoning_effort`, `top_p`); what is ours to say they do not overrule. */
  parameters?: Readonly<Record<string, unknown>>;
  /** A JSON Schema that the answer is to keep. */
  jsonSchema?: Readonly<Record<string, unknown>>;
}

/** Parameters that would change what we ask for, what we pay for, or how the answer comes. */
const OURS = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'n',
]);

/** The body of `POST /chat/completions`. Temperature 0 unless the parameters give one. */
export function chatBody(
  deployment: Deployment,
  request: ChatRequest,
  dialect: Dialect,
): Record<string, unknown> {
  const { messages, maxTokens, parameters = {}, jsonSchema } = request;
  const allowed = Object.entries(parameters).filter(([name]) => !OURS.has(name));
  return {
    ...(dialect.temperature ? { temperature: 0 } : {}),
    ...Object.fromEntries(allowed),
    model: deployment.upstreamModel,
    messages,
    [dialect.tokenLimit]: maxTokens,
    stream: true,
    ...(dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
    ...(jsonSchema === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'answer', strict: true, schema: jsonSchema },
          },
        }),
  };
}
