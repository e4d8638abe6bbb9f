import type { RunningApp } from '@zerorouter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { presentedKey } from '../access/caller.js';
import type { AuditLog, NewAuditEntry } from './audit-log.js';

const PATH = '/admin/v1/';
const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Posts that only compute: what-if would fill the log. */
const COMPUTING = new Set([
  'POST /admin/v1/simulate',
  'POST /admin/v1/models/:id/onboardings/quote',
  'POST /admin/v1/policies/evaluations',
]);
const MOST_CHARS = 200;

/** What is read of an answer: never the key that one may show. */
const answerSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  code: z.string().optional(),
});

/**
 * Writes an entry for every call that changes, or would have changed, something through /admin/v1. It
 * is stored before the answer leaves, so that who has an answer has an entry. A hook, not an
 * interceptor: what guards and parsers refuse belongs to it.
 */
export function auditChanges(app: RunningApp['app'], log: AuditLog): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
      const entry = describeChange(request, reply, payload);
      if (entry !== null) await log.add(entry);
      return payload;
    });
}

function describeChange(
  request: FastifyRequest,
  { statusCode: status }: FastifyReply,
  payload: unknown,
): NewAuditEntry | null {
  const { method } = request;
  const path = request.routeOptions.url ?? request.url.split('?', 1)[0]!;
  const action = storable(`${method} ${path}`)!;
  if (!CHANGING.has(method) || !path.startsWith(PATH) || COMPUTING.has(action)) return null;
  const { id, name, code } = readAnswer(payload);
  const named = Object.values((request.params ?? {}) as Record<string, string>).join(' ');
  const refused = status >= 400;
  return {
    keyId: presentedKey(request),
    action,
    target: storable(named || (refused ? null : (id ?? name ?? null))),
    status,
    problem: refused ? storable(code ?? null) : null,
    requestId: request.id,
    // A connection that has gone has no address any more.
    ip: request.ip ?? '',
  };
}

function readAnswer(payload: unknown): z.infer<typeof answerSchema> {
  if (typeof payload !== 'string' || !payload.startsWith('{')) return {};
  return answerSchema.catch({}).parse(JSON.parse(payload));
}

/** Cut short, and without what Postgres cannot store. */
function storable(text: string | null): string | null {
  return text === null
    ? null
    : Array.from(text.replace(/[\0\p{Surrogate}]/gu, '\uFFFD'))
        .slice(0, MOST_CHARS)
        .join('');
}
