import { DomainError } from '@zerorouter/contracts';
import type { ChatRequest, RouteRequest } from '@zerorouter/contracts';

const VIRTUAL = 'zerorouter/';

/** What the `model` of a request asks for. */
export type ModelChoice =
  /** One model, and no decision. */
  | { kind: 'pinned'; model: string }
  /** The best one, of all or of those that a pattern admits. Policy: absent = the default one. */
  | { kind: 'routed'; policy?: string; models?: string[] };

export function readModelChoice(model: string): ModelChoice {
  if (model === 'auto') return { kind: 'routed' };
  if (model.startsWith(VIRTUAL)) return { kind: 'routed', policy: model.slice(VIRTUAL.length) };
  if (model.includes('*')) return { kind: 'routed', models: [model] };
  return { kind: 'pinned', model };
}

/** The part of a chat request that a decision is made on. */
export function toRouteRequest(
  request: ChatRequest,
  { policy, models }: Extract<ModelChoice, { kind: 'routed' }>,
): RouteRequest {
  const { messages, response_format: format, zerorouter: ours = {} } = request;
  const tools = [...(request.tools ?? []), ...(request.functions ?? [])];
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  if (policy === '')
    throw new DomainError(
      'invalid-request',
      'the request is not valid: model: "zerorouter/" lacks the name of a policy',
      { details: { errors: [{ path: 'model', message: 'lacks the name of a policy' }] } },
    );
  return {
    messages,
    ...(tools.length === 0 ? {} : { tools }),
    // Plain text is what every model answers in anyway: it says nothing of the query.
    ...(format == null || format.type === 'text' ? {} : { response_format: format }),
    ...(maxTokens == null ? {} : { max_tokens: maxTokens }),
    ...(policy === undefined ? {} : { policy }),
    ...(models === undefined ? {} : { models }),
    ...(ours.constraints === undefined ? {} : { constraints: ours.constraints }),
    ...(ours.session_id === undefined ? {} : { session_id: ours.session_id }),
  };
}
