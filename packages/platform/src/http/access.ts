import { SetMetadata } from '@nestjs/common';
import type { CustomDecorator } from '@nestjs/common';

/** Who may call: anybody, those who may route, or administrators. */
export type Access = 'open' | 'route' | 'admin';

export const ACCESS_METADATA = 'zerorouter:access';

/** Marks a controller or one of its methods. A guard treats what carries no mark as `admin`. */
export function AccessLevel(access: Access): CustomDecorator {
  return SetMetadata(ACCESS_METADATA, access);
}
