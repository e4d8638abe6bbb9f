import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger.js';
import { drainBody } from './drain-body.js';
import type { KnownPaths } from './known-paths.js';
import { describeProblem, problemFor } from './problem.js';
import type { Problem, StatusByCode } from './problem.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Turns whatever a request ends in into a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly paths: KnownPaths,
    private readonly statuses: StatusByCode,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { problem, fault } =
      error instanceof HttpException
        ? { problem: this.fromFramework(error, request), fault: error.getStatus() >= 500 }
        : problemFor(error, this.statuses);
    if (fault) this.logger.error({ err: error, url: request.url }, 'request failed');
    drainBody(request.raw, () => sendProblem(reply, { ...problem, instance: request.url }));
  }

  /** What Fastify and Nest refuse by themselves, before any of our code runs. */
  private fromFramework(exception: HttpException, request: FastifyRequest): Problem {
    const status = exception.getStatus();
    const path = request.url.split('?', 1)[0] ?? '';
    switch (status) {
      case 404: {
        const allow = this.paths.allowed(path);
        return allow.length === 0
          ? describeProblem(404, 'no-such-path', `there is no ${path}; /docs lists what there is`)
          : describeProblem(
              405,
              'method-not-allowed',
              `${path} does not know ${request.method}; it knows ${allow.join(', ')}`,
              { allow },
            );
      }
      case 413:
        return describeProblem(
          413,
          'body-too-large',
          `the body is larger than ${request.routeOptions.bodyLimit} bytes (MAX_BODY_BYTES)`,
        );
      case 415:
        return describeProblem(
          415,
          'unsupported-media-type',
          `send the body as application/json, not as "${request.headers['content-type'] ?? ''}"`,
        );
      case 400:
        return describeProblem(
          400,
          'malformed-request',
          `the request cannot be read: ${exception.message}`,
        );
      default:
        return describeProblem(status, `http-${status}`, exception.message);
    }
  }
}

/**
 * Writes a problem document with the headers that belong to it.
 * @param challenge how to authenticate, of a 401.
 */
export function sendProblem(reply: FastifyReply, problem: Problem, challenge = 'Bearer'): void {
  const { retryAfter, allow, ...body } = problem;
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  if (allow !== undefined) void reply.header('allow', allow.join(', '));
  if (problem.status === 401) void reply.header('www-authenticate', challenge);
  void reply.code(problem.status).type(PROBLEM_MEDIA_TYPE).send(JSON.stringify(body));
}
