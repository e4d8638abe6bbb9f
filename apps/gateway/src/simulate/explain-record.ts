import { IN_SHADOW, liesInRequest, NO_DEPLOYMENT } from '@zerorouter/contracts';
import type { RouteExplanation } from '@zerorouter/contracts';
import type { StoredDecision } from '@zerorouter/database';
import type { ReferenceScales } from '@zerorouter/optimizer';
import { explainCandidates } from '../routing/explain.js';
import { decideAgain } from './decide-again.js';
import type { AvailableModel } from './decide-again.js';

/**
 * The explanation that a stored decision would have come with: it is not kept, for it follows from the
 * record and the profiles of that time.
 * @param models those of the record.
 * @returns its candidates in the record's order; null when one of them has no profile any more.
 */
export function explainRecord(
  record: StoredDecision,
  models: readonly AvailableModel[],
  scales: ReferenceScales,
): RouteExplanation | null {
  const { decision } = decideAgain(record, {
    ...record,
    models,
    scales,
    // Which models were in shadow, or could not be called, is part of what was decided upon.
    stands: (reason) => reason === IN_SHADOW || reason === NO_DEPLOYMENT || liesInRequest(reason),
  });
  const positions = new Map(models.map(({ profile }, m) => [profile.model, m]));
  const order = record.candidates.map(({ model }) => positions.get(model));
  if (order.includes(undefined)) return null;
  return explainCandidates(
    record.latents,
    order.map((m) => {
      const { model, ability } = models[m!]!.profile;
      return { model, ability, terms: decision.terms[m!]! };
    }),
  );
}
