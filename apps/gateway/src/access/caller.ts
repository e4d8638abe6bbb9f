import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyScope } from '@zerorouter/database';
import type { FastifyRequest } from 'fastify';

/** Who makes a request. Without a key (local mode) the id is null. */
export interface Caller {
  readonly keyId: string | null;
  readonly scopes: readonly ApiKeyScope[];
}

const callers = new WeakMap<FastifyRequest, Caller>();

export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** The caller that the guard let in: `@CurrentCaller() caller: Caller`. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callers.get(context.switchToHttp().getRequest<FastifyRequest>()),
);
