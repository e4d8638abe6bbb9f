import type { QueryLatents } from '@zerorouter/contracts';
import type { SessionTerms } from '@zerorouter/database';
import { cachedPromptSavingUsd, scoreModel } from '@zerorouter/latent-space';
import type { Candidate, ScorableModel } from '@zerorouter/latent-space';

/**
 * scoreModel(), where the model that the conversation is on pays the price of cached input for what it has
 * read of it. So a conversation moves exactly when that is worth more than its cached prompt.
 */
export function scoreInSession(
  latents: QueryLatents,
  profile: ScorableModel,
  maxTokens: number | undefined,
  session: SessionTerms | null,
): Candidate {
  const candidate = scoreModel(latents, profile, maxTokens);
  if (session === null || session.model !== profile.model || candidate.costUsd === null)
    return candidate;
  const saved = cachedPromptSavingUsd(latents, profile.cost, session.seenTokens);
  return { ...candidate, costUsd: candidate.costUsd - saved };
}

/** What is said of a session's part in a choice. @param free the model that would be chosen without. */
export function describeSession(session: SessionTerms, chosen: string, free: string): string {
  const cached = `${Math.round(session.seenTokens)} tokens of the conversation are cached there`;
  if (chosen !== session.model) return `leaves ${session.model}, although ${cached}`;
  return chosen === free
    ? `stays on ${chosen}, where ${cached}`
    : `kept on ${chosen}, since ${cached}; without them ${free}`;
}
