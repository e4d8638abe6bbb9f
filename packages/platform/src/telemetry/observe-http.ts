import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomHex } from '../ids/random-hex.js';
import type { Logger } from '../logging/logger.js';
import type { Metrics } from './metrics.js';
import { SECONDS } from './metrics.js';
import { isRequestId, runFrom } from './origin.js';
import { openSpan, SpanKind, withinSpan } from './tracing.js';
import type { Span } from './tracing.js';

const spans = new WeakMap<FastifyRequest, Span>();

/** The id that came with a request, where it may be taken over, or a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const sent = headers['x-request-id'];
  return isRequestId(sent) ? sent : `req_${randomHex(24)}`;
}

/**
 * Gives every request its id, in the reply and in whatever is done for it; times it by its route; and opens its span,
 * which continues the caller's trace.
 */
export function observeHttp(
  fastify: FastifyInstance,
  logger: Logger,
  metrics: Metrics | undefined,
): void {
  const count = metrics && countRequests(metrics);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    const { traceparent } = request.headers;
    const origin = {
      requestId: request.id,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
    };
    runFrom(origin, () => {
      const span = openSpan(`${request.method} ${routeOf(request)}`, {
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': request.method, 'http.route': routeOf(request) },
      });
      if (span !== null) spans.set(request, span);
      observeEnd(request, reply, { span, count, logger });
      withinSpan(span, done);
    });
  });
  // What reads the body belongs to the socket, so the request is entered again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    runFrom({ requestId: request.id }, () => withinSpan(spans.get(request) ?? null, done));
  });
  // An answer that is passed on keeps the id that its provider gave it, which only the provider knows.
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (reply.getHeader('x-request-id') !== request.id)
      void reply.header('x-zerorouter-request-id', request.id);
    done(null, payload);
  });
}

interface Observers {
  span: Span | null;
  count: ReturnType<typeof countRequests> | undefined;
  logger: Logger;
}

/** However it ends: an answer may take minutes, and its reader may leave. */
function observeEnd(
  request: FastifyRequest,
  reply: FastifyReply,
  { span, count, logger }: Observers,
): void {
  const start = performance.now();
  count?.begun();
  reply.raw.once('close', () => {
    const seconds = (performance.now() - start) / 1_000;
    const status = reply.raw.writableFinished ? reply.statusCode : 499;
    const route = routeOf(request);
    count?.ended(request.method, route, status, seconds);
    span?.setAttribute('http.response.status_code', status).end();
    if (logger.isLevelEnabled('debug'))
      logger.debug(
        { requestId: request.id, method: request.method, route, status, ms: seconds * 1_000 },
        'request',
      );
  });
}

function countRequests(metrics: Metrics) {
  const inFlight = metrics.gauge(
    'zerorouter_http_requests_in_flight',
    'Requests that are being answered',
  );
  const durations = metrics.histogram(
    'zerorouter_http_request_duration_seconds',
    'From the headers of a request to the end of its answer, by route; status 499 = the client left',
    SECONDS,
    ['method', 'route', 'status'],
  );
  return {
    begun: () => inFlight.inc(),
    ended: (method: string, route: string, status: number, seconds: number) => {
      inFlight.dec();
      durations.observe({ method, route, status: String(status) }, seconds);
    },
  };
}

/** As it is declared: the values in a path are without bound. */
function routeOf(request: FastifyRequest): string {
  const { url } = request.routeOptions;
  return url === undefined || request.is404 ? 'unmatched' : url;
}
