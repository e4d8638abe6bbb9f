import { DomainError } from '@zerorouter/contracts';
import type { StoredSpace } from '@zerorouter/database';

/** The active latent space, where there is one. @throws DomainError `no-active-space` */
export function requireSpace(space: StoredSpace | null): StoredSpace {
  if (space !== null) return space;
  throw new DomainError(
    'no-active-space',
    'no latent space is active: run the set-up, or activate one with POST /admin/v1/spaces/{version}/activate',
  );
}
