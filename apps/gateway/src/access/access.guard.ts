import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS_METADATA, DEFAULT_ACCESS } from '@zerorouter/platform';
import type { Access } from '@zerorouter/platform';
import type { FastifyRequest } from 'fastify';
import { admitCaller, bearerKey } from './admit.js';
import { rememberCaller, rememberKey } from './caller.js';
import type { KeyRing } from './key-ring.js';

/** Guards every controller; what carries no access level is for administrators. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: KeyRing,
    private readonly local: boolean,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access =
      this.reflector.getAllAndOverride<Access | undefined>(ACCESS_METADATA, [
        context.getHandler(),
        context.getClass(),
      ]) ?? DEFAULT_ACCESS;
    if (access === 'open') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const presented = bearerKey(request.headers.authorization);
    const key = presented === null ? null : await this.keys.find(presented);
    if (key) rememberKey(request, key.id);
    rememberCaller(request, admitCaller(access, key, this.local, new Date()));
    return true;
  }
}
