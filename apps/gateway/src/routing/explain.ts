import type { QueryLatents, RouteExplanation } from '@zerorouter/contracts';
import { quadraticForm } from '@zerorouter/latent-space';
import type { Ability } from '@zerorouter/latent-space';
import type { UtilityTerms } from '@zerorouter/optimizer';

const FORMULA = 'p_correct = σ(logit / √(1 + π·variance/8)), logit = Σ contributions − difficulty';

export interface ExplainedModel {
  ability: Ability;
  model: string;
  /** Null for an excluded model. */
  terms: UtilityTerms | null;
}

/** Takes the forecasts apart, axis by axis, and the utilities term by term. */
export function explainCandidates(
  latents: QueryLatents,
  models: readonly ExplainedModel[],
): RouteExplanation {
  return {
    formula: FORMULA,
    difficulty: latents.difficulty,
    difficulty_variance: latents.difficultyVariance,
    candidates: models.map(({ ability, model, terms }) => {
      const contributions = latents.discrimination.map((alpha, k) => alpha * ability.mean[k]!);
      return {
        model,
        contributions,
        logit: contributions.reduce((sum, part) => sum + part, -latents.difficulty),
        variance:
          quadraticForm(latents.discrimination, ability.covariance) + latents.difficultyVariance,
        utility_terms: terms,
      };
    }),
  };
}
