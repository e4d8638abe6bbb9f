import type { RunningApp } from '@zerorouter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf } from '../access/caller.js';
import type { AdmissionService } from './admission.service.js';
import type { RateState } from './key-rate.js';

/** The headers of the OpenAI API: limits, what is left of them, and how long until all of it is back. */
export function rateHeaders({ limits, left }: RateState): Record<string, string> {
  return Object.fromEntries(
    (['requests', 'tokens'] as const).flatMap((measure) => {
      const limit = limits[measure];
      if (limit === null) return [];
      const remaining = Math.min(limit, Math.max(0, left[measure]));
      return [
        [`x-ratelimit-limit-${measure}`, String(limit)],
        [`x-ratelimit-remaining-${measure}`, String(Math.floor(remaining))],
        [`x-ratelimit-reset-${measure}`, duration(((limit - remaining) * 60) / limit)],
      ];
    }),
  );
}

/** `350ms`, `12s`, `1m0s` */
function duration(seconds: number): string {
  if (seconds < 1) return `${Math.ceil(seconds * 1_000)}ms`;
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${whole % 60}s`;
}

/** Every answer to a caller whose rate was counted tells of it, refusals and streams too. */
export function tellRates(app: RunningApp['app'], admission: AdmissionService): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request: FastifyRequest, reply: FastifyReply, payload, done) => {
      const caller = callerOf(request);
      const headers = caller === undefined ? undefined : admission.headersFor(caller);
      if (headers !== undefined) void reply.headers(headers);
      done(null, payload);
    });
}
