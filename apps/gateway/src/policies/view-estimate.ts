import type { EstimateView } from '@zerorouter/contracts';
import type { Estimate } from '@zerorouter/learning';

/** JSON has no infinity: an end that nothing bounds is null. */
export function viewEstimate({ value, interval: [low, high] }: Estimate): EstimateView {
  return { value, interval: [finite(low), finite(high)] };
}

function finite(end: number): number | null {
  return Number.isFinite(end) ? end : null;
}
