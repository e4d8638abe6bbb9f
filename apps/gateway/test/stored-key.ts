import type { ApiKey, KeyLimits } from '@zerorouter/database';

export const NO_LIMITS: KeyLimits = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  budget: null,
  downgradePolicy: null,
  policies: [],
  models: [],
};

/** A key as the database gives it. */
export function storedKey(more: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'key_1',
    name: 'ci',
    scopes: ['route'],
    prefix: 'zr_good',
    limits: NO_LIMITS,
    expiresAt: null,
    createdAt: new Date(0),
    revokedAt: null,
    ...more,
  };
}
