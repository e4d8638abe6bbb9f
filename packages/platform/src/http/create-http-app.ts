import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { NestLogger } from '../logging/logger.js';
import { KnownPaths } from './known-paths.js';
import type { Metrics } from '../telemetry/metrics.js';
import { observeHttp, requestIdOf } from '../telemetry/observe-http.js';
import { limitBodyTime } from './limit-body-time.js';
import { ProblemFilter, sendProblem } from './problem-filter.js';
import { describeProblem } from './problem.js';
import type { StatusByCode } from './problem.js';

@Module({})
class AppModule {}

export interface HttpAppOptions {
  logger: Logger;
  maxBodyBytes: number;
  /** HTTP statuses of the domain errors that this app lets through. */
  statuses?: StatusByCode;
  /** Paths, as routes write them, whose bodies may take any time as long as they move. */
  uploads?: readonly string[];
  /** Where requests are counted. */
  metrics?: Metrics;
  /** Ms for which it still takes requests when it is told to close. Default 0. */
  graceMs?: number;
}

/**
 * Builds a Nest application on Fastify that takes JSON only, answers every failure with a problem
 * document, and lets go of idle connections when it closes. Within `graceMs` of that it takes what comes,
 * says with each answer that the connection ends, and that it is not ready. It does not listen yet.
 */
export async function createHttpApp(
  module: DynamicModule | readonly DynamicModule[],
  { logger, maxBodyBytes, statuses = {}, uploads = [], metrics, graceMs = 0 }: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: maxBodyBytes,
    genReqId: requestIdOf,
    forceCloseConnections: 'idle',
    // A limit of our own stands in its place, which knows uploads.
    requestTimeout: 0,
    // What a kept-alive connection still sends while the app closes is answered, not refused.
    return503OnClosing: false,
    // The router refuses some paths before there is a request that a filter could see.
    frameworkErrors: (
      { statusCode = 400, message }: FastifyError,
      request: FastifyRequest,
      reply: FastifyReply,
    ) =>
      sendProblem(reply, {
        ...describeProblem(statusCode, 'malformed-path', message.slice(0, 200)),
        instance: request.url.slice(0, 200),
      }),
    // Long enough for any id; longer ones are no path of ours.
    routerOptions: { maxParamLength: 512 },
  });
  const paths = new KnownPaths();
  const fastify = adapter.getInstance();
  // A connection that is in use when the app closes would be kept alive after its answer, and hold
  // the closing until the deadline.
  let closing = false;
  // One that has never sent a byte is not idle to Node, and would hold the closing as well.
  const sockets = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // Before it stops to listen.
  fastify.addHook('preClose', async () => {
    closing = true;
    if (graceMs > 0) await sleep(graceMs);
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
  observeHttp(fastify, logger, metrics);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (closing && request.url === '/health/ready')
      return sendProblem(reply, {
        ...describeProblem(503, 'not-ready', 'it is told to stop', { retryAfter: 2 }),
        instance: request.url,
      });
    // Postgres can neither store nor look for it, and no name of ours holds it.
    if (request.url.includes('%00'))
      return sendProblem(reply, {
        ...describeProblem(400, 'malformed-path', 'the URL holds the character NUL (%00)'),
        instance: request.url.slice(0, 200),
      });
    limitBodyTime(request.raw, uploads.includes(request.routeOptions.url ?? ''));
    done();
  });
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat()) paths.add(name, url);
  });
  // Nest would take forms too, were it to register its own parsers.
  const app = await NestFactory.create<NestFastifyApplication>(oneOf(module), adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(logger, paths, statuses));
  return app;
}

/** Several modules side by side are the imports of one. */
function oneOf(module: DynamicModule | readonly DynamicModule[]): DynamicModule {
  return 'module' in module ? module : { module: AppModule, imports: [...module] };
}
