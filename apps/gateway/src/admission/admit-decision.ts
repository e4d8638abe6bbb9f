import type { RouteRequest } from '@zerorouter/contracts';
import type { Caller } from '../access/caller.js';
import type { AdmissionService } from './admission.service.js';

/** Of text in most languages; enough to hold a rate, and far cheaper than to count. */
const CHARS_PER_TOKEN = 4;

/**
 * The request as its caller's key lets it be decided. A decision costs nothing: rates count it, with the
 * tokens of its text, and budgets do not.
 * @throws as AdmissionService.admit()
 */
export async function admitDecision(
  admission: AdmissionService,
  request: RouteRequest,
  caller: Caller,
): Promise<RouteRequest> {
  const { models, policy } = await admission.admit(caller, {
    models: request.models,
    policy: request.policy,
    tokens: caller.limits?.tokensPerMinute == null ? 0 : tokensOf(request),
    decisionOnly: true,
  });
  return {
    ...request,
    ...(models === undefined ? {} : { models }),
    ...(policy === undefined ? {} : { policy }),
  };
}

function tokensOf({ query, system, messages }: RouteRequest): number {
  const chars = JSON.stringify([query, system, messages]).length;
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
