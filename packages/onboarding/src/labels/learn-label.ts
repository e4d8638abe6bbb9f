import type { Ability, ItemParameters } from '@zerorouter/latent-space';
import {
  DEFAULT_LEARNING,
  evidenceOf,
  newSource,
  observeAnswer,
  ratesOf,
  type Belief,
  type SourceState,
} from '@zerorouter/learning';

/** What feedback had said of the same answer, and was learnt. */
export interface EarlierFeedback {
  readonly score: number;
  /** How its source errs, as learning keeps it; null = nothing is known yet. */
  readonly source: object | null;
}

/**
 * A model's ability once an administrator has graded it on a query: the assumed-density update by a judge that does
 * not err. What feedback has said of the same answer before is reckoned with, so that the answer counts once.
 * @param score 0 to 1.
 */
export function learnLabel(
  ability: Ability,
  item: ItemParameters,
  score: number,
  earlier: readonly EarlierFeedback[],
): Belief {
  let evidence = 0;
  for (const { score: said, source } of earlier) {
    const { judge } = (source as SourceState | null) ?? newSource(DEFAULT_LEARNING);
    evidence += evidenceOf(ratesOf(judge), said);
  }
  const judge = { sensitivity: 1, specificity: 1 };
  return observeAnswer(ability, { item, score, judge, evidence }).belief;
}
