import {
  adaptiveBatchSize,
  expectedAccuracy,
  nextAdaptiveAnchors,
  seededRandom,
} from '@zerorouter/latent-space';
import type { AskedAnchor, OnboardingState } from '../onboarding-state.js';
import { gradedAnswers } from '../onboarding-state.js';
import type { HoldOutPlan } from './hold-outs.js';
import { planHoldOuts } from './hold-outs.js';
import { streamSeed } from './stream-seed.js';

export interface NextAnchors {
  /** To be asked now, in this order; empty while answers are still out, or when nothing more is asked. */
  readonly ask: readonly AskedAnchor[];
  /** Why nothing more is asked; null = there is more. */
  readonly stoppedBy: 'target_sd' | 'max_anchors' | 'anchors' | null;
}

/**
 * The anchors to ask next. Chosen ones come in the batches of the adaptive design; every eighth is a
 * random hold-out, which the design never sees. A batch is a function of the seed and of the outcomes of
 * everything asked before it, and the target is looked at between batches alone: a run that was cut
 * anywhere goes on as if it had not been.
 *
 * @param most anchors wanted now; more of the same batch come with the next call.
 * @throws RangeError when `maxAnchors` is negative or no number.
 */
export function nextAnchors(state: OnboardingState, most = Infinity): NextAnchors {
  const { anchors, maxAnchors, excluded = new Set<number>() } = state;
  if (!(maxAnchors >= 0)) throw new RangeError(`maxAnchors is ${maxAnchors}, not 0 or more`);
  const available = anchors.map((_, anchor) => anchor).filter((anchor) => !excluded.has(anchor));
  const length = Math.min(Math.floor(maxAnchors), available.length);
  const plan = planHoldOuts(available, length, state.seed);
  const position = state.asked.length;
  const stopped = stopOf(state, plan, length);
  if (stopped !== null) return { ask: [], stoppedBy: stopped };

  const ask: AskedAnchor[] = [];
  let batch = null as { start: number; picks: readonly number[] } | null;
  for (let p = position; p < length && ask.length < most; p++) {
    if (plan.isHeldOut(p)) {
      ask.push({ anchor: plan.anchors[plan.before(p)], heldOut: true });
      continue;
    }
    const rank = p - plan.before(p);
    const start = batchStart(rank);
    if (batch?.start !== start) {
      if (!isSettled(state, plan.positionOfChosen(start))) break;
      batch = { start, picks: drawBatch(state, plan, start, length) };
    }
    ask.push({ anchor: batch.picks[rank - start], heldOut: false });
  }
  return { ask, stoppedBy: null };
}

/** Everything before this position has been asked and has its outcome. */
function isSettled({ asked, outcomes }: OnboardingState, position: number): boolean {
  if (asked.length < position) return false;
  const known = new Set(outcomes.map(({ anchor }) => anchor));
  return asked.slice(0, position).every(({ anchor }) => known.has(anchor));
}

/** Rank of the first anchor of the batch that this rank belongs to. */
function batchStart(rank: number): number {
  let start = 0;
  for (let next = adaptiveBatchSize(0); next <= rank; next += adaptiveBatchSize(next)) start = next;
  return start;
}

function stopOf(
  state: OnboardingState,
  plan: HoldOutPlan,
  length: number,
): NextAnchors['stoppedBy'] {
  const { anchors, prior, targetDeviation } = state;
  const position = state.asked.length;
  if (position >= length) return length < state.maxAnchors ? 'anchors' : 'max_anchors';
  if (targetDeviation === null || plan.isHeldOut(position)) return null;
  const rank = position - plan.before(position);
  if (batchStart(rank) !== rank || !isSettled(state, position)) return null;
  const { standardDeviation } = expectedAccuracy(prior, anchors, gradedAnswers(state, 'all'));
  return standardDeviation <= targetDeviation ? 'target_sd' : null;
}

/** The batch that begins at this rank, from the outcomes of what was asked before it. */
function drawBatch(
  state: OnboardingState,
  plan: HoldOutPlan,
  start: number,
  length: number,
): number[] {
  const asked = state.asked.slice(0, plan.positionOfChosen(start));
  return nextAdaptiveAnchors(
    state.anchors,
    state.prior,
    asked.flatMap(({ anchor, heldOut }) => (heldOut ? [] : [anchor])),
    gradedAnswers({ asked, outcomes: state.outcomes }, 'chosen'),
    length - plan.anchors.length - start,
    seededRandom(streamSeed(state.seed, start + 1)),
    {
      excluded: new Set([...(state.excluded ?? []), ...plan.anchors]),
      ...(state.costs === undefined ? {} : { cost: state.costs }),
    },
  );
}
