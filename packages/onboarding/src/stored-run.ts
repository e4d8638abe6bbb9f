import type { ModelPrices, ModelProfile } from '@zerorouter/contracts';
import type { KnownSubject, LengthPrior } from '@zerorouter/latent-space';
import { estimateInputTokens } from '@zerorouter/latent-space';
import { expectedAnchorCosts } from './design/anchor-costs.js';
import { metadataProfile } from './metadata-profile.js';
import type { AnchorOutcome, OnboardingState, PlacedAnchor } from './onboarding-state.js';
import { mostInputTokens } from './resources/worst-call-cost.js';

/** An anchor as it is stored. */
export interface StoredAnchorFields {
  readonly id: string;
  readonly text: string;
  readonly domain: string;
  readonly discrimination: readonly number[] | null;
  readonly difficulty: number | null;
  readonly difficultyVariance: number | null;
  readonly logOutputTokens: number | null;
}

/** An anchor of a run as it is stored: planned, and concluded once it has a score or an error. */
export interface StoredAnswerFields {
  readonly anchorId: string;
  readonly heldOut: boolean;
  readonly score: number | null;
  readonly gradable: boolean | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly ttftMs: number | null;
  readonly totalMs: number | null;
  readonly costUsd: number | null;
  readonly error: string | null;
}

/** What a run depends on before anything is asked. */
export interface RunStart {
  readonly name: string;
  /** Billions of parameters; null = as the name says. */
  readonly sizeB: number | null;
  readonly prices: ModelPrices | null;
  /** Of the latent space, and so is the length prior. */
  readonly subjects: readonly KnownSubject[];
  readonly lengthPrior: LengthPrior | null;
  readonly anchors: readonly StoredAnchorFields[];
  readonly seed: number;
  readonly maxAnchors: number;
  readonly targetDeviation: number | null;
  /** Longest answer, tokens: the design then weighs what anchors cost. Null = it does not. */
  readonly maxTokens: number | null;
}

/**
 * The state of a run with nothing asked, and what the model's metadata tell of it.
 * @throws RangeError when an anchor has no coordinates, or the space no subject.
 */
export function startRun(start: RunStart): { state: OnboardingState; metadata: ModelProfile } {
  const anchors = start.anchors.map(placed);
  const metadata = metadataProfile(start);
  const costs =
    start.maxTokens === null ? null : expectedAnchorCosts(anchors, metadata, start.maxTokens);
  return {
    metadata,
    state: {
      anchors,
      prior: metadata.ability,
      seed: start.seed,
      maxAnchors: start.maxAnchors,
      targetDeviation: start.targetDeviation,
      ...(costs === null ? {} : { costs }),
      asked: [],
      outcomes: [],
    },
  };
}

/**
 * The state after what is stored of a run.
 * @param rows in the order of asking; of anchors of the run.
 */
export function continueRun(
  state: OnboardingState,
  rows: readonly StoredAnswerFields[],
): OnboardingState {
  const index = new Map(state.anchors.map(({ id }, i) => [id, i]));
  const place = ({ anchorId }: StoredAnswerFields): number => index.get(anchorId)!;
  return {
    ...state,
    asked: rows.map((row) => ({ anchor: place(row), heldOut: row.heldOut })),
    outcomes: rows.filter(isConcluded).map((row) => toOutcome(row, place(row))),
  };
}

/** Whether there is nothing left to ask of an anchor. */
export function isConcluded({ score, error }: StoredAnswerFields): boolean {
  return score !== null || error !== null;
}

function placed(stored: StoredAnchorFields): PlacedAnchor {
  const { id, text, domain, discrimination, difficulty, difficultyVariance } = stored;
  if (discrimination === null || difficulty === null || difficultyVariance === null)
    throw new RangeError(`anchor "${id}" has no place in a latent space`);
  return {
    id,
    domain,
    discrimination,
    difficulty,
    difficultyVariance,
    logOutputTokens: stored.logOutputTokens,
    inputTokens: estimateInputTokens(text),
    mostInputTokens: mostInputTokens(text),
  };
}

function toOutcome(row: StoredAnswerFields, anchor: number): AnchorOutcome {
  return {
    anchor,
    score: row.score,
    gradable: row.gradable ?? false,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    ttftMs: row.ttftMs,
    totalMs: row.totalMs,
    costUsd: row.costUsd,
    ...(row.error === null ? {} : { error: row.error }),
  };
}
