import type { QueryLatents, RouteExplanation } from '@zerorouter/contracts';
import { quadraticForm } from '@zerorouter/latent-space';
import type { Ability, Candidate, ReferenceScales, UtilityWeights } from '@zerorouter/latent-space';

const FORMULA = 'p_correct = σ(logit / √(1 + π·variance/8)), logit = Σ contributions − difficulty';

export interface ExplainedModel {
  ability: Ability;
  candidate: Candidate;
  eligible: boolean;
}

/** Takes the forecasts apart, axis by axis, and the utilities term by term. */
export function explainCandidates(
  latents: QueryLatents,
  models: readonly ExplainedModel[],
  weights: UtilityWeights,
  scales: ReferenceScales,
): RouteExplanation {
  return {
    formula: FORMULA,
    difficulty: latents.difficulty,
    difficulty_variance: latents.difficultyVariance,
    candidates: models.map(({ ability, candidate, eligible }) => {
      const contributions = latents.discrimination.map((alpha, k) => alpha * ability.mean[k]!);
      return {
        model: candidate.model,
        contributions,
        logit: contributions.reduce((sum, part) => sum + part, -latents.difficulty),
        variance:
          quadraticForm(latents.discrimination, ability.covariance) + latents.difficultyVariance,
        utility_terms: eligible ? utilityTerms(candidate, models, weights, scales) : null,
      };
    }),
  };
}

/** The optimizer's rule: what is unknown counts as the largest known among the eligible. */
function utilityTerms(
  candidate: Candidate,
  models: readonly ExplainedModel[],
  weights: UtilityWeights,
  scales: ReferenceScales,
) {
  const eligible = models.filter((model) => model.eligible).map((model) => model.candidate);
  const worst = (values: (number | null)[], fallback: number) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? fallback : Math.max(...known);
  };
  const cost =
    candidate.costUsd ??
    worst(
      eligible.map(({ costUsd }) => costUsd),
      scales.costUsd,
    );
  const latency =
    candidate.latencyS ??
    worst(
      eligible.map(({ latencyS }) => latencyS),
      scales.latencyS,
    );
  return {
    accuracy: weights.accuracy * candidate.probabilityCorrect,
    cost: (-weights.cost * cost) / scales.costUsd,
    latency: (-weights.latency * latency) / scales.latencyS,
  };
}
