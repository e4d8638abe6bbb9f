import { costModelSchema, latencyModelSchema, lengthModelSchema } from '@zerorouter/contracts';
import type { AdminModel } from '@zerorouter/contracts';

/** Half the width of a central 90% interval, in standard deviations. */
const Z90 = 1.645;
/** Input tokens of the call that a time to the first token is given for. */
export const TYPICAL_INPUT_TOKENS = 500;

export interface Estimate {
  value: number;
  /** Central 90% interval. */
  interval: [number, number];
}

export interface ModelFacts {
  /** One per latent axis. */
  axes: Estimate[];
  /** USD per million tokens; null where only the cost of calls is known, or nothing. */
  prices: { input: number; output: number } | null;
  /** Cost was fitted to calls, without list prices. */
  fittedCost: boolean;
  /** Ms to the first token of an answer to {@link TYPICAL_INPUT_TOKENS}, and per output token. */
  ttftMs: number | null;
  tpotMs: number | null;
  /** Output tokens in proportion to the typical model's. */
  verbosity: Estimate | null;
}

/** What a profile says, in the units that people think in. */
export function modelFacts({ ability, cost, length, latency }: AdminModel): ModelFacts {
  const dimensions = ability.mean.length;
  const priced = costModelSchema.safeParse(cost);
  const wordy = lengthModelSchema.safeParse(length);
  const timed = latencyModelSchema.safeParse(latency);
  return {
    axes: ability.mean.map((value, k) => {
      const spread = Z90 * Math.sqrt(ability.covariance[k * dimensions + k] ?? 0);
      return { value, interval: [value - spread, value + spread] };
    }),
    prices:
      priced.success && priced.data.kind === 'prices'
        ? { input: priced.data.inputPerMtok, output: priced.data.outputPerMtok }
        : null,
    fittedCost: priced.success && priced.data.kind === 'linear',
    ttftMs: timed.success
      ? 1_000 * (timed.data.base + timed.data.perInputToken * TYPICAL_INPUT_TOKENS)
      : null,
    tpotMs: timed.success ? 1_000 * timed.data.perOutputToken : null,
    verbosity: wordy.success ? proportion(wordy.data) : null,
  };
}

function proportion({ offset, offsetVariance }: { offset: number; offsetVariance: number }) {
  const spread = Z90 * Math.sqrt(offsetVariance);
  return {
    value: Math.exp(offset),
    interval: [Math.exp(offset - spread), Math.exp(offset + spread)] as [number, number],
  };
}
