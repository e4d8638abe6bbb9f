import type { ModelPrices, ModelProfile, OnboardingResult } from '@zerorouter/contracts';
import type { LengthPrior } from '@zerorouter/latent-space';
import { estimateAbility, forecastCorrectness } from '@zerorouter/latent-space';
import type { AnchorOutcome, OnboardingState } from '../onboarding-state.js';
import { gradedAnswers } from '../onboarding-state.js';
import { fitAnswerCost, fitAnswerLength } from '../resources/fit-answers.js';
import { fitServing } from '../resources/fit-serving.js';
import { holdReason } from './hold-reason.js';
import { checkHoldOuts } from './misfit.js';
import { accuracySoFar, accuracyView, countOutcomes } from './onboarding-counts.js';

export interface MeasuredModel {
  readonly profile: ModelProfile;
  /** All of an onboarding's result but what becomes of the profile. */
  readonly result: Omit<OnboardingResult, 'profile_version' | 'state'>;
}

/**
 * The model as its answers show it. The ability is estimated from all graded answers, hold-outs included: they
 * are the only ones that nothing chose, and leaving them out would waste an eighth of what was paid for. The
 * misfit check alone judges an estimate that has not seen them. A call that failed says nothing of the ability;
 * an answer that cannot be graded is wrong.
 *
 * @throws RangeError for an empty set.
 */
export function measureModel(
  state: OnboardingState,
  known: {
    readonly name: string;
    readonly prices: ModelPrices | null;
    /** Of the latent space; null where it never saw a length. */
    readonly lengthPrior: LengthPrior | null;
    /** Of output, of each call; null where nobody has told. */
    readonly maxTokens: number | null;
    readonly stoppedBy: OnboardingResult['stopped_by'];
    /** USD of all calls, failed ones included. */
    readonly spentUsd: number;
  },
): MeasuredModel {
  const { anchors, asked, outcomes, prior } = state;
  const graded = gradedAnswers(state, 'all');
  const estimate = estimateAbility(
    graded.map(({ query, score }) => ({ item: anchors[query], score })),
    prior,
  );
  const ability = {
    mean: Array.from(estimate.mean),
    covariance: Array.from(estimate.covariance),
  };
  const answered = outcomes.filter(({ score }) => score !== null);
  const { length, answers: withLength } = fitAnswerLength(
    anchors,
    answered,
    known.lengthPrior,
    known.maxTokens,
  );
  const { latency, times } = fitServing(
    answered.map(({ anchor, outputTokens, ttftMs, totalMs }) => ({
      inputEstimate: anchors[anchor].inputTokens,
      level: anchors[anchor].logOutputTokens,
      outputTokens,
      ttftMs,
      totalMs,
    })),
    length,
  );
  const cost = fitAnswerCost(anchors, answered, known.prices);
  const counts = countOutcomes(outcomes);
  const misfit = checkHoldOuts(state);
  const judged = {
    anchors: {
      asked: asked.length,
      ...counts,
      held_out: asked.filter(({ heldOut }) => heldOut).length,
    },
    failure_rate: asked.length === 0 ? 0 : counts.failed / asked.length,
    misfit:
      misfit === null
        ? null
        : {
            held_out: misfit.heldOut,
            implied: misfit.implied,
            observed: misfit.observed,
            p_value: misfit.pValue,
          },
  };
  return {
    profile: { model: known.name, ability, length, cost, latency },
    result: {
      held: holdReason(judged),
      stopped_by: known.stoppedBy,
      ability,
      expected_accuracy: accuracyView(accuracySoFar(state)),
      ...judged,
      failures: countFailures(outcomes),
      cost_usd: known.spentUsd,
      length_offset: length === null || withLength === 0 ? null : length.offset,
      latency:
        times === null
          ? null
          : {
              ttft_ms: times.ttftMs,
              ttft_ms_per_input_token: times.ttftMsPerInputToken,
              tpot_ms: times.tpotMs,
            },
      domains: compareDomains(state, ability),
    },
  };
}

function countFailures(outcomes: readonly AnchorOutcome[]): Record<string, number> {
  const failures = new Map<string, number>();
  for (const { score, error = 'unknown' } of outcomes)
    if (score === null) failures.set(error, (failures.get(error) ?? 0) + 1);
  return Object.fromEntries([...failures].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Mean score and mean P(correct) of each domain's graded answers, by name. */
function compareDomains(
  state: OnboardingState,
  ability: ModelProfile['ability'],
): OnboardingResult['domains'] {
  const sums = new Map<string, { answers: number; observed: number; implied: number }>();
  for (const { query, score } of gradedAnswers(state, 'all')) {
    const { domain } = state.anchors[query];
    const sum = sums.get(domain) ?? { answers: 0, observed: 0, implied: 0 };
    sum.answers++;
    sum.observed += score;
    sum.implied += forecastCorrectness(state.anchors[query], ability).probability;
    sums.set(domain, sum);
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([domain, { answers, observed, implied }]) => ({
      domain,
      answers,
      observed: observed / answers,
      implied: implied / answers,
    }));
}
