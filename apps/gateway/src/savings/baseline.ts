import { liesInRequest, NOT_ADMITTED } from '@zerorouter/contracts';
import type { QueryLatents, RouteCandidate } from '@zerorouter/contracts';
import type { BaselineForecast, SessionTerms } from '@zerorouter/database';
import { cachedPromptSavingUsd } from '@zerorouter/latent-space';
import type { ScorableModel } from '@zerorouter/latent-space';

/**
 * What one model for everything would have been like on this query: the forecast of its cost, thoughts
 * included, and of its being right. It would have read the beginning of a conversation before, whoever did.
 * @param candidates as they were decided on. @returns null where the model is unknown, or could not take
 *   the request: what nobody could have done saves nothing.
 */
export function baselineForecast(
  model: string,
  candidates: readonly RouteCandidate[],
  query: {
    latents: QueryLatents;
    profile: ScorableModel | undefined;
    session: SessionTerms | null;
  },
): BaselineForecast | null {
  const { latents, profile, session } = query;
  const candidate = candidates.find((one) => one.model === model);
  if (candidate === undefined || profile === undefined) return null;
  const { excluded, cost_usd: costUsd, p_correct: pCorrect } = candidate;
  if (excluded !== undefined && excluded !== NOT_ADMITTED && liesInRequest(excluded)) return null;
  // The candidate of the conversation's own model has that price already.
  const seen = session === null || session.model === model ? 0 : session.seenTokens;
  const saved = seen === 0 ? 0 : cachedPromptSavingUsd(latents, profile.cost, seen);
  return { model, pCorrect, costUsd: costUsd === null ? null : costUsd - saved };
}
