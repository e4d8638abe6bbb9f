import type { OpenAiError } from '@zerorouter/contracts';
import { PROBLEM_MEDIA_TYPE } from '@zerorouter/platform';
import type { Problem, RunningApp } from '@zerorouter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';

const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** Codes that clients of the OpenAI API look for; every other one stays ours. */
const CODES: Readonly<Record<string, string>> = {
  'model-not-found': 'model_not_found',
  'invalid-key': 'invalid_api_key',
  'missing-key': 'invalid_api_key',
  'expired-key': 'invalid_api_key',
  'rate-limited': 'rate_limit_exceeded',
};

/** Below these paths every problem document leaves in the shape of the OpenAI API's errors. */
export function answerErrorsAsOpenAi(app: RunningApp['app'], paths: readonly string[]): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook(
      'onSend',
      (
        request: FastifyRequest,
        reply: FastifyReply,
        payload: unknown,
        done: (error: Error | null, payload?: unknown) => void,
      ) => {
        const path = request.url.split('?', 1)[0]!;
        if (
          typeof payload !== 'string' ||
          !isProblem(reply) ||
          !paths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
        )
          return done(null, payload);
        void reply.type('application/json; charset=utf-8').removeHeader('content-length');
        done(null, JSON.stringify(toOpenAiError(JSON.parse(payload) as Problem)));
      },
    );
}

function isProblem(reply: FastifyReply): boolean {
  const type = reply.getHeader('content-type');
  return typeof type === 'string' && type.startsWith(PROBLEM_MEDIA_TYPE);
}

export function toOpenAiError({ status, detail, code, errors }: Problem): OpenAiError {
  return {
    error: {
      message: detail,
      type: TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
      code: CODES[code] ?? code,
      param: code === 'model-not-found' ? 'model' : errors?.[0]?.path || null,
    },
  };
}
