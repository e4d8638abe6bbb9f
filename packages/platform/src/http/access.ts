import { SetMetadata } from '@nestjs/common';
import type { CustomDecorator } from '@nestjs/common';
import type { ApiKeyScope } from '@zerorouter/contracts';

/** Who may call: anybody, or who holds a key with one of these scopes, of which `admin` includes the others. */
export type Access = 'open' | readonly ApiKeyScope[];

export const ACCESS_METADATA = 'zerorouter:access';
/** Where there is no mark. */
export const DEFAULT_ACCESS: Access = ['admin'];

/** Marks a controller or one of its methods; more than one scope = any of them. A guard treats what carries no mark as `admin`. */
export function AccessLevel(
  ...scopes: ['open'] | [ApiKeyScope, ...ApiKeyScope[]]
): CustomDecorator {
  const [first] = scopes;
  const access: Access = first === 'open' ? first : scopes;
  return SetMetadata(ACCESS_METADATA, access);
}

/** Whether loopback asks for no key: what spends no more than this machine's own, and changes nothing. */
export function isOpenOnLoopback(access: Access): boolean {
  return access !== 'open' && access.some((scope) => scope === 'route' || scope === 'chat');
}
