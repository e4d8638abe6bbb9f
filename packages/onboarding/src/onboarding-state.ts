import type { Ability, ItemParameters, ReferenceAnswer } from '@zerorouter/latent-space';

/** One anchor of the set, as the latent space places it. The set is the reference traffic. */
export interface PlacedAnchor extends ItemParameters {
  readonly id: string;
  readonly domain: string;
  /** Expected log output tokens, before the model's own offset; null = unknown. */
  readonly logOutputTokens: number | null;
  /** Estimate, before any model has counted. */
  readonly inputTokens: number;
  /** No tokenizer counts more: see `mostInputTokens`. */
  readonly mostInputTokens: number;
}

/** An anchor that was asked, or is to be. */
export interface AskedAnchor {
  /** Index in the set. */
  readonly anchor: number;
  /** Drawn at random beforehand: it checks what the other answers imply. */
  readonly heldOut: boolean;
}

/** What became of one asked anchor, after all tries. Numbers are null where they are unknown. */
export interface AnchorOutcome {
  readonly anchor: number;
  /** In [0, 1]; null = no answer came. */
  readonly score: number | null;
  /** False = an answer came, but nothing in it can be graded: empty, refused or out of form. It counts as wrong. */
  readonly gradable: boolean;
  /** As the provider counted them. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Ms to the first token, and to the last. */
  readonly ttftMs: number | null;
  readonly totalMs: number | null;
  readonly costUsd: number | null;
  /** Why no answer came: a short word, counted by. */
  readonly error?: string;
}

/** All that the choice of the next anchors and the measurement depend on. */
export interface OnboardingState {
  readonly anchors: readonly PlacedAnchor[];
  /** Of the ability, from metadata. */
  readonly prior: Ability;
  readonly seed: number;
  /** Anchors asked, at most. */
  readonly maxAnchors: number;
  /** Enough is known once the expected accuracy has this standard deviation; null = ask them all. */
  readonly targetDeviation: number | null;
  /** Anchors that may not be asked: shown to too many models already. Must not change while a run lasts. */
  readonly excluded?: ReadonlySet<number>;
  /** What asking each anchor is expected to cost, in any one unit; absent = alike. Must not change either. */
  readonly costs?: ArrayLike<number>;
  /** In the order of asking. */
  readonly asked: readonly AskedAnchor[];
  /** In any order; asked anchors without one are still out. */
  readonly outcomes: readonly AnchorOutcome[];
}

/** The score that an outcome counts as; null where no answer came, which says nothing of the ability. */
export function gradedScore({ score, gradable }: AnchorOutcome): number | null {
  return score === null ? null : gradable ? score : 0;
}

/** Graded answers in the order of asking: all, or those that the hold-outs are to check. */
export function gradedAnswers(
  { asked, outcomes }: Pick<OnboardingState, 'asked' | 'outcomes'>,
  which: 'all' | 'chosen' | 'held-out',
): ReferenceAnswer[] {
  const byAnchor = new Map(outcomes.map((outcome) => [outcome.anchor, outcome]));
  return asked.flatMap(({ anchor, heldOut }) => {
    const outcome = byAnchor.get(anchor);
    const score = outcome === undefined ? null : gradedScore(outcome);
    const wanted = which === 'all' || heldOut === (which === 'held-out');
    return score === null || !wanted ? [] : [{ query: anchor, score }];
  });
}
