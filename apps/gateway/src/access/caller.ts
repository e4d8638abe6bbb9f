import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { ApiKeyScope, KeyLimits } from '@zerorouter/database';
import type { FastifyRequest } from 'fastify';

/** Who makes a request. Without a key (local mode) the id is null. */
export interface Caller {
  readonly keyId: string | null;
  readonly scopes: readonly ApiKeyScope[];
  /** Of the key; absent = none. */
  readonly limits?: KeyLimits;
}

const callers = new WeakMap<FastifyRequest, Caller>();
const keyIds = new WeakMap<FastifyRequest, string>();

export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller);
}

/** The caller that the guard has let in; undefined where it has let nobody in. */
export function callerOf(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** A key that is known, whether or not it may do what it was presented for. */
export function rememberKey(request: FastifyRequest, keyId: string): void {
  keyIds.set(request, keyId);
}

export function presentedKey(request: FastifyRequest): string | null {
  return keyIds.get(request) ?? null;
}

/** The caller that the guard let in: `@CurrentCaller() caller: Caller`. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);
