import type { RunningApp } from '@zerorouter/platform';
import type { FastifyRequest } from 'fastify';

const JSON_TYPE = 'application/json';

/** Leaves JSON bodies at these paths as the bytes that came; their handlers pass them on unchanged. */
export function keepJsonBytesAt(app: RunningApp['app'], paths: readonly string[]): void {
  const fastify = app.getHttpAdapter().getInstance();
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser(JSON_TYPE);
  fastify.addContentTypeParser(
    JSON_TYPE,
    { parseAs: 'buffer' },
    (
      request: FastifyRequest,
      body: Buffer,
      done: (error: Error | null, body?: unknown) => void,
    ) => {
      if (paths.includes(request.routeOptions.url ?? '')) done(null, body);
      else void parse(request, body.toString('utf8'), done);
    },
  );
}
