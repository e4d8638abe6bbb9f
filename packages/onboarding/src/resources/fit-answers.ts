import { listPriceCost, type ModelPrices, type ModelProfile } from '@zerorouter/contracts';
import type { LengthPrior } from '@zerorouter/latent-space';
import { fitInputCount, fitLength, fitLinearCost } from '@zerorouter/latent-space';
import type { AnchorOutcome, PlacedAnchor } from '../onboarding-state.js';

/**
 * The model's verbosity, from the answers whose length and level are known.
 * @param lengthPrior null = lengths mean nothing in this space.
 * @param maxTokens where answers were cut; null = nowhere that is known.
 */
export function fitAnswerLength(
  anchors: readonly PlacedAnchor[],
  answered: readonly AnchorOutcome[],
  lengthPrior: LengthPrior | null,
  maxTokens: number | null,
): { length: ModelProfile['length']; answers: number } {
  if (lengthPrior === null) return { length: null, answers: 0 };
  const known = answered.flatMap(({ anchor, outputTokens }) => {
    const level = anchors[anchor].logOutputTokens;
    return level === null || outputTokens === null || outputTokens === 0
      ? []
      : [{ level, outputTokens }];
  });
  const length = fitLength(
    known.map(({ level }) => level),
    known.map(({ outputTokens }) => outputTokens),
    lengthPrior,
    known.map(({ outputTokens }) => maxTokens !== null && outputTokens >= maxTokens),
  );
  return { length, answers: known.length };
}

/**
 * The model's cost: list prices and its own count of input tokens; without prices a fit to what the calls
 * cost; null where neither is known.
 */
export function fitAnswerCost(
  anchors: readonly PlacedAnchor[],
  answered: readonly AnchorOutcome[],
  prices: ModelPrices | null,
): ModelProfile['cost'] {
  if (prices !== null) {
    const counted = answered.filter(({ inputTokens }) => inputTokens !== null);
    const inputCount = fitInputCount(
      counted.map(({ anchor }) => anchors[anchor].inputTokens),
      counted.map(({ inputTokens }) => inputTokens!),
    );
    return listPriceCost(prices, inputCount);
  }
  const charged = answered.flatMap(({ anchor, costUsd }) => {
    const { logOutputTokens: level, inputTokens } = anchors[anchor];
    return costUsd === null || level === null ? [] : [{ inputTokens, level, costUsd }];
  });
  return fitLinearCost(
    charged.map(({ inputTokens }) => inputTokens),
    charged.map(({ level }) => level),
    charged.map(({ costUsd }) => costUsd),
  );
}
