import type { ModelPrices, ModelProfile, OnboardingQuote } from '@zerorouter/contracts';
import { expectedLatencyS } from '@zerorouter/latent-space';
import { expectedAnchorCosts, expectedAnchorTokens } from '../design/anchor-costs.js';
import type { OnboardingState } from '../onboarding-state.js';
import { worstCallCost } from '../resources/worst-call-cost.js';
import { accuracySoFar } from '../result/onboarding-counts.js';
import { foreseeRun } from './foresee-run.js';

/** Seconds to the first token and per output token of a model whose latency nobody knows. */
const ASSUMED_LATENCY = { base: 1, perInputToken: 0, perOutputToken: 0.02, p95Ratio: 1 };

/**
 * What an onboarding will cost, take and tell, before it is begun: the anchors that it would ask if every answer
 * came out as the prior expects.
 *
 * @param state with nothing asked yet.
 * @throws RangeError for an empty set.
 */
export function quoteOnboarding(
  state: Omit<OnboardingState, 'asked' | 'outcomes'>,
  call: {
    /** As the quote names it. */
    readonly anchorSet: string;
    /** What is known of the model: from metadata, or measured before. */
    readonly profile: Pick<ModelProfile, 'length' | 'cost' | 'latency'>;
    readonly prices: ModelPrices | null;
    /** Longest answer, tokens. */
    readonly maxTokens: number;
    readonly maxCostUsd: number | null;
    /** Calls side by side. */
    readonly concurrency: number;
  },
): OnboardingQuote {
  const { anchors } = state;
  const { profile, prices, maxTokens } = call;
  const { rounds, after } = foreseeRun(state);
  const asked = rounds.flat();
  const costs = expectedAnchorCosts(anchors, profile, maxTokens);
  const affordable = countAffordable(asked, costs, call.maxCostUsd);
  const total = (of: (anchor: number) => number) =>
    asked.reduce((sum, { anchor }) => sum + of(anchor), 0);
  return {
    anchor_set: call.anchorSet,
    anchors: asked.length,
    expected_cost_usd:
      costs !== null ? total((anchor) => costs[anchor]) : profile.cost === null ? null : 0,
    highest_cost_usd:
      prices === null
        ? null
        : total((anchor) =>
            worstCallCost({ inputTokens: anchors[anchor].mostInputTokens, maxTokens, prices }),
          ),
    affordable_anchors: affordable,
    expected_minutes: minutesOf(state.anchors, cutAt(rounds, affordable), call),
    accuracy_sd: {
      before: accuracySoFar({ ...state, asked: [], outcomes: [] }).standardDeviation,
      after: after(affordable),
    },
  };
}

/** How many of the anchors, in the order of asking, the cap pays for; all where no cost is known. */
function countAffordable(
  asked: readonly { anchor: number }[],
  costs: readonly number[] | null,
  capUsd: number | null,
): number {
  if (costs === null || capUsd === null) return asked.length;
  let spent = 0;
  const beyond = asked.findIndex(({ anchor }) => (spent += costs[anchor]) > capUsd);
  return beyond < 0 ? asked.length : beyond;
}

function cutAt<Anchor>(rounds: readonly (readonly Anchor[])[], count: number): Anchor[][] {
  let left = count;
  return rounds.map((round) => {
    const own = round.slice(0, left);
    left -= own.length;
    return own;
  });
}

/** A round ends when its last answer is in: no sooner than its longest call, nor than all lanes together take. */
function minutesOf(
  anchors: OnboardingState['anchors'],
  rounds: readonly (readonly { anchor: number }[])[],
  { profile, maxTokens, concurrency }: Parameters<typeof quoteOnboarding>[1],
): number {
  const seconds = rounds.map((round) => {
    const calls = round.map(({ anchor }) => {
      const tokens = expectedAnchorTokens(anchors[anchor], profile.length, maxTokens);
      const query = { logOutputTokens: 0, inputTokens: anchors[anchor].inputTokens };
      return expectedLatencyS(query, profile.latency ?? ASSUMED_LATENCY, tokens)!.mean;
    });
    const sum = calls.reduce((total, call) => total + call, 0);
    return Math.max(0, ...calls, sum / concurrency);
  });
  return seconds.reduce((total, round) => total + round, 0) / 60;
}
