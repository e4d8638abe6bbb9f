import { ProblemError } from '@zerorouter/platform';
import type { ProviderError } from '@zerorouter/providers';
import type { FastifyReply } from 'fastify';
import { headerValue } from '../routing/header-value.js';
import type { Attempt } from './ask-in-turn.js';
import { passBody, returnedHeaders } from './pass-answer.js';
import type { Proxied } from './proxy.service.js';

/** Long enough for every call that is made; models' names may be long. */
const MAX_HEADER_CHARS = 2_000;

/**
 * Sends what came of a request: bytes as they come, a refusal as it was.
 * @param idleMs longest pause between two pieces of the answer.
 * @throws ProblemError where nobody answered
 */
export function sendProxied(reply: FastifyReply, proxied: Proxied, idleMs: number): void {
  const { answered, metering } = proxied;
  void reply.headers(routerHeaders(proxied));
  switch (answered.kind) {
    case 'answer': {
      const { statusCode, headers, body } = answered.response;
      const { meter, onEnd } = metering!;
      // It broke off while its decision was stored: what is destroyed never flows, nor ends.
      if (body.destroyed) {
        onEnd('broken');
        throw new ProblemError(
          502,
          'provider-failed',
          `${answered.model.name} broke off its answer before any of it could be passed on; try again`,
        );
      }
      if (reply.raw.destroyed) {
        body.destroy();
        onEnd('aborted');
        return;
      }
      const returned = returnedHeaders(headers);
      if (meter.changesLength) delete returned['content-length'];
      const passed = passBody(body, idleMs, meter, onEnd);
      void reply.code(statusCode).headers(returned).send(passed);
      return;
    }
    case 'final': {
      const { statusCode, headers, body } = answered.answer;
      void reply.code(statusCode).headers(returnedHeaders(headers)).send(body);
      return;
    }
    case 'failed':
      throw failed(answered.error);
    case 'resting': {
      const retryAfter = Math.max(1, Math.ceil(answered.restsMs / 1_000));
      throw new ProblemError(
        503,
        'deployments-resting',
        `every deployment that could answer rests after failures or because its provider asked for it; the first may be called in ${retryAfter} s`,
        { retryAfter },
      );
    }
  }
}

function routerHeaders({ answered, attempts, policy, decisionId, reason }: Proxied) {
  return {
    ...('model' in answered ? { 'x-zerorouter-model': headerValue(answered.model.name) } : {}),
    'x-zerorouter-policy': headerValue(policy),
    'x-zerorouter-attempts': describeAttempts(attempts),
    ...(decisionId === null ? {} : { 'x-zerorouter-decision-id': decisionId }),
    ...(reason === null ? {} : { 'x-zerorouter-reason': encodeURIComponent(reason) }),
  };
}

/** `a/model;429, b/model;200` */
function describeAttempts(attempts: readonly Attempt[]): string {
  const all = attempts.map(({ model, outcome }) => `${headerValue(model)};${outcome}`);
  while (all.join(', ').length > MAX_HEADER_CHARS) all.splice(0, 2, '...');
  return all.join(', ');
}

/** Statuses of a provider that say the same of us to our client; the others are of its key, not of ours. */
const PASSED_STATUSES = new Set([408, 409, 425, 429]);

function failed({ kind, status, message, retryAfterMs }: ProviderError): ProblemError {
  const passed = status !== null && (status >= 500 || PASSED_STATUSES.has(status));
  const code = passed ? status : kind === 'timeout' ? 504 : 502;
  return new ProblemError(
    code,
    kind === 'timeout' ? 'provider-timeout' : 'provider-failed',
    message,
    retryAfterMs === null ? {} : { retryAfter: Math.ceil(retryAfterMs / 1_000) },
  );
}
