import type { RunningApp } from '@zerorouter/platform';
import { errorCodes } from 'fastify';
import type { FastifyRequest } from 'fastify';

export const NDJSON = 'application/x-ndjson';

/** Lets the bodies of batches through unread: their handler takes them line by line. */
export function acceptNdjsonAt(app: RunningApp['app'], path: string): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser(
      NDJSON,
      (
        request: FastifyRequest,
        payload: unknown,
        done: (error: Error | null, body?: unknown) => void,
      ) => {
        if (request.routeOptions.url === path) done(null, payload);
        else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(NDJSON));
      },
    );
}
