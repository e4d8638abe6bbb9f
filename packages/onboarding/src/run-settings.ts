import type { ModelPrices, OnboardingLimits, OnboardingSettings } from '@zerorouter/contracts';

/** What is asked for of a run: live calls within limits, or answers that are there already. */
export type RunRequest =
  ({ kind: 'live'; cause?: 'drift' } & OnboardingLimits) | { kind: 'collected'; promote: boolean };

/**
 * What is stored with a run: all that it depends on besides its anchors, for a change of the model must not derail
 * its resumption.
 * @param seed 0 to 2³² − 1.
 */
export function runSettings(
  { prices, sizeB }: { readonly prices: ModelPrices | null; readonly sizeB: number | null },
  request: RunRequest,
  seed: number,
): OnboardingSettings {
  return { ...request, seed, prices, size_b: sizeB };
}
