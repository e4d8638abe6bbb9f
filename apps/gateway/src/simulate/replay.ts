import { isDeepStrictEqual } from 'node:util';
import { IN_SHADOW, liesInRequest, NO_DEPLOYMENT } from '@zerorouter/contracts';
import type { ReplayView } from '@zerorouter/contracts';
import { asStored, hashCandidates } from '@zerorouter/database';
import type { StoredDecision } from '@zerorouter/database';
import type { ReferenceScales } from '@zerorouter/optimizer';
import { toRouteCandidate } from '../routing/decide-route.js';
import { mixedPropensity } from '../roll-outs/decide-in-arm.js';
import { choiceOf } from './choice-of.js';
import { decideAgain } from './decide-again.js';
import type { AvailableModel } from './decide-again.js';

/**
 * Computes a decision anew from its record and the profiles of that time, and compares: the choice,
 * its propensity, and every candidate in its place, to the last bit where the record has their hash.
 * @param models those of the record, in the order of their names.
 */
export function replayDecision(
  record: StoredDecision,
  models: readonly AvailableModel[],
  scales: ReferenceScales,
): ReplayView {
  const options = {
    ...record,
    models,
    scales,
    // Which models were in shadow, or could not be called, is part of what was decided upon.
    stands: (reason: string) =>
      reason === IN_SHADOW || reason === NO_DEPLOYMENT || liesInRequest(reason),
  };
  const { scored, decision } = decideAgain(record, options);
  const recorded = new Map(record.candidates.map((candidate) => [candidate.model, candidate]));
  const { ranking, exclusions, utilities } = decision;
  const order = [...ranking, ...scored.map((_, m) => m).filter((m) => exclusions[m] !== null)];
  const candidates = order.map((m) => toRouteCandidate(scored[m]!, utilities[m]!, exclusions[m]!));
  const replayed = asStored(candidates);
  const differences = replayed.flatMap((candidate) => {
    const before = recorded.get(candidate.model) ?? null;
    return isDeepStrictEqual(before, candidate) ? [] : [{ recorded: before, replayed: candidate }];
  });
  const { candidatesHash, rollOut = null } = record;
  const { chosen, propensity: own } = choiceOf({ scored, decision }, models, record);
  const model = chosen === null ? null : scored[chosen]!.model;
  let propensity = own;
  if (rollOut !== null && chosen !== null) {
    const other = decideAgain(record, { ...options, ...rollOut.other });
    propensity = mixedPropensity(
      rollOut,
      own,
      choiceOf(other, models, record).probabilityOf(chosen),
    );
  }
  const alike =
    candidatesHash === null
      ? isDeepStrictEqual(replayed, record.candidates)
      : hashCandidates(candidates) === candidatesHash;
  return {
    decision_id: record.id,
    same: alike && model === record.model && propensity === record.propensity,
    to_the_bit: candidatesHash !== null,
    recorded_model: record.model,
    model,
    differences,
  };
}
