import type { SavingsRowView } from '@zerorouter/contracts';
import type { SavingsRow } from '@zerorouter/database';

/** Sums in the words of the API. */
export function viewSavings(row: SavingsRow): SavingsRowView {
  return {
    group: row.group,
    requests: { decided: row.decided, pinned: row.pinned },
    predicted: { requests: row.predicted, cost_usd: row.predictedUsd },
    realised: {
      requests: row.realised,
      cost_usd: row.realisedUsd,
      estimated: row.realisedEstimated,
      unpriced: row.unpriced,
      lost_usd: row.lostUsd,
      tokens: {
        input: row.inputTokens,
        cached: row.cachedTokens,
        output: row.outputTokens,
        reasoning: row.reasoningTokens,
      },
    },
    predicted_and_realised: {
      requests: row.comparable,
      predicted_usd: row.comparablePredictedUsd,
      realised_usd: row.comparableRealisedUsd,
      ratio: quotient(row.comparableRealisedUsd, row.comparablePredictedUsd),
    },
    saving: {
      predicted: saving(row.baseline, row.baselineUsd, row.baselinePredictedUsd),
      realised: saving(row.baselineRealised, row.baselineOfRealisedUsd, row.baselineRealisedUsd),
    },
    quality: {
      predicted: row.meanCorrect,
      baseline_predicted: row.baselineMeanCorrect,
      judged: {
        requests: row.judged,
        mean_score: row.meanScore,
        predicted: row.judgedMeanCorrect,
      },
    },
  };
}

function saving(
  requests: number,
  baselineUsd: number,
  routerUsd: number,
): SavingsRowView['saving']['predicted'] {
  if (requests === 0) return null;
  const savingUsd = baselineUsd - routerUsd;
  return {
    requests,
    baseline_usd: baselineUsd,
    router_usd: routerUsd,
    saving_usd: savingUsd,
    saving_share: quotient(savingUsd, baselineUsd),
  };
}

const quotient = (of: number, by: number): number | null => (by === 0 ? null : of / by);
