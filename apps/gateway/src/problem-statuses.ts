import type { StatusByCode } from '@zerorouter/platform';

/** HTTP statuses of the domain errors that the gateway lets through. */
export const GATEWAY_STATUSES: StatusByCode = {
  'prompt-too-long': 413,
  'unknown-model': 422,
  'unknown-policy': 422,
  'no-eligible-model': 422,
  'unknown-data-set': 422,
  'calibrations-off': 409,
  'last-admin-key': 409,
  'no-earlier-space': 409,
  'decision-not-found': 404,
  'profile-not-found': 404,
  'space-not-found': 404,
  'calibration-not-found': 404,
  'key-not-found': 404,
  'no-active-space': 503,
  'no-models': 503,
  overloaded: 503,
  'commit-timeout': 503,
};
