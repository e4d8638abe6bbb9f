import type { PolicyRequest } from '@zerorouter/contracts';
import type { HardConstraints } from '@zerorouter/optimizer';

type HardConstraintsInput = PolicyRequest['constraints'];

/** Per-request constraints in the units of the optimizer. */
export function toHardConstraints(constraints: HardConstraintsInput): HardConstraints {
  const { max_cost_usd, max_latency_ms, min_accuracy } = constraints;
  return {
    ...(max_cost_usd === undefined ? {} : { maxCostUsd: max_cost_usd }),
    ...(max_latency_ms === undefined ? {} : { maxLatencyS: max_latency_ms / 1000 }),
    ...(min_accuracy === undefined ? {} : { minAccuracy: min_accuracy }),
  };
}

/** The way back. */
export function viewHardConstraints(constraints: HardConstraints): HardConstraintsInput {
  const { maxCostUsd, maxLatencyS, minAccuracy } = constraints;
  return {
    ...(maxCostUsd === undefined ? {} : { max_cost_usd: maxCostUsd }),
    ...(maxLatencyS === undefined ? {} : { max_latency_ms: maxLatencyS * 1000 }),
    ...(minAccuracy === undefined ? {} : { min_accuracy: minAccuracy }),
  };
}
