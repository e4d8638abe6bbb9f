import type { GuaranteeLevel } from '@zerorouter/latent-space';
import { guaranteeThreshold } from '@zerorouter/latent-space';
import type { HardConstraints } from './utility.js';

/**
 * The constraints with `minLowerBound` as a latent space calibrated it for their `minAccuracy`.
 * @param guarantee levels of the space that the forecasts are of; absent where none were calibrated.
 */
export function withGuarantee(
  constraints: HardConstraints,
  guarantee: readonly GuaranteeLevel[] | undefined,
): HardConstraints {
  const { minAccuracy } = constraints;
  if (minAccuracy === undefined) return constraints;
  return { ...constraints, minLowerBound: guaranteeThreshold(guarantee, minAccuracy) };
}
