import type { ExplorationTerms } from '@zerorouter/database';
import type { Candidate } from '@zerorouter/latent-space';
import type { QueryLatents } from '@zerorouter/contracts';
import type { UtilityDecision } from '@zerorouter/optimizer';
import { exploreYoung } from '../routing/explore-young.js';
import type { AvailableModel } from './decide-again.js';

/** What a decision that is made again falls to. */
export interface Choice {
  /** Index of the candidate; null when none is eligible. */
  readonly chosen: number | null;
  readonly propensity: number;
  /** Probability with which a candidate would have been chosen. */
  readonly probabilityOf: (candidate: number) => number;
}

/** The choice of a decision with the exploration that was on, and the draw that was made. */
export function choiceOf(
  { scored, decision }: { scored: readonly Candidate[]; decision: UtilityDecision },
  models: readonly AvailableModel[],
  { latents, exploration }: { latents: QueryLatents; exploration: ExplorationTerms | null },
): Choice {
  const { chosen } = decision;
  if (chosen === null) return { chosen, propensity: 1, probabilityOf: () => 0 };
  if (exploration === null)
    return { chosen, propensity: 1, probabilityOf: (i) => (i === chosen ? 1 : 0) };
  const profiles = models.map(({ profile }) => profile);
  return exploreYoung(decision, scored, profiles, latents, exploration);
}
