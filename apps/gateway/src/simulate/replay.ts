import { isDeepStrictEqual } from 'node:util';
import type { ReplayView } from '@zerorouter/contracts';
import { asStored } from '@zerorouter/database';
import type { DecisionRecord } from '@zerorouter/database';
import type { ReferenceScales } from '@zerorouter/optimizer';
import { toRouteCandidate } from '../routing/decide-route.js';
import { exploreYoung } from '../routing/explore-young.js';
import { decideAgain } from './decide-again.js';
import type { AvailableModel } from './decide-again.js';

/**
 * Computes a decision anew from its record and the profiles of that time, and compares.
 * @param models those of the record, in the order of their names.
 */
export function replayDecision(
  record: DecisionRecord,
  models: readonly AvailableModel[],
  scales: ReferenceScales,
): ReplayView {
  const { scored, decision } = decideAgain(record, { ...record, models, scales });
  const recorded = new Map(record.candidates.map((candidate) => [candidate.model, candidate]));
  const replayed = asStored(
    scored.map((candidate, m) =>
      toRouteCandidate(candidate, decision.utilities[m]!, decision.exclusions[m]!),
    ),
  );
  const differences = replayed.flatMap((candidate) => {
    const before = recorded.get(candidate.model) ?? null;
    return isDeepStrictEqual(before, candidate) ? [] : [{ recorded: before, replayed: candidate }];
  });
  const { exploration, latents } = record;
  const chosen =
    decision.chosen === null || exploration === null
      ? decision.chosen
      : exploreYoung(
          decision,
          scored,
          models.map(({ profile }) => profile),
          latents,
          exploration,
        ).chosen;
  const model = chosen === null ? null : scored[chosen]!.model;
  return {
    decision_id: record.id,
    same: model === record.model && differences.length === 0 && models.length === recorded.size,
    recorded_model: record.model,
    model,
    differences,
  };
}
