import type { ModelProfile } from '@zerorouter/contracts';
import { expectedCostUsd, expectedOutputTokens } from '@zerorouter/latent-space';
import type { PlacedAnchor } from '../onboarding-state.js';

/** Log output tokens of a query of which nothing is known: an answer of 150 tokens. */
const UNKNOWN_LEVEL = Math.log(150);

/**
 * What each anchor is expected to cost, USD, for the design's bits per dollar and for a quote.
 * @returns null where the model has no prices, or answers for nothing.
 */
export function expectedAnchorCosts(
  anchors: readonly PlacedAnchor[],
  { cost, length }: Pick<ModelProfile, 'cost' | 'length'>,
  maxTokens?: number,
): number[] | null {
  if (cost === null) return null;
  const costs = anchors.map((anchor) => {
    const query = {
      logOutputTokens: anchor.logOutputTokens ?? UNKNOWN_LEVEL,
      inputTokens: anchor.inputTokens,
    };
    return expectedCostUsd(query, cost, expectedAnchorTokens(anchor, length, maxTokens))!;
  });
  return costs.every((usd) => usd > 0) ? costs : null;
}

/** Expected output tokens of one anchor; where nothing tells the length, those of any answer. */
export function expectedAnchorTokens(
  { logOutputTokens }: PlacedAnchor,
  length: ModelProfile['length'],
  maxTokens?: number,
): number {
  const query = { logOutputTokens: logOutputTokens ?? UNKNOWN_LEVEL, inputTokens: 0 };
  const tokens = expectedOutputTokens(query, length, maxTokens) ?? Math.exp(query.logOutputTokens);
  return maxTokens === undefined ? tokens : Math.min(maxTokens, tokens);
}
