import type { Ability, ItemParameters } from '@zerorouter/latent-space';
import { correctItem } from '@zerorouter/latent-space';
import type { DomainCorrection } from '@zerorouter/latent-space';

/** An anchor as the space that is to be refitted places it. */
export interface KnownAnchor {
  /** What the item bank says of it; null = the bank does not hold it. */
  readonly known: ItemParameters | null;
  /** What the predictor says of it. */
  readonly predicted: ItemParameters;
  readonly embedding: ArrayLike<number>;
}

/** A model and its graded answers; `anchor` is an index, the score is in [0, 1]. */
export interface AnsweringModel {
  /** Of its ability, before any answer. */
  readonly prior: Ability;
  readonly answers: readonly { readonly anchor: number; readonly score: number }[];
}

/** Where an anchor stands before its own answers are read. A correction moves what the bank does not hold. */
export function standingOf(
  { known, predicted, embedding }: KnownAnchor,
  correction: DomainCorrection | null,
): ItemParameters {
  if (known !== null) return known;
  return correction === null ? predicted : correctItem(predicted, embedding, correction);
}

/** The models with the answers to some anchors only. */
export function answersTo(
  models: readonly AnsweringModel[],
  admits: (anchor: number) => boolean,
): AnsweringModel[] {
  return models.map(({ prior, answers }) => ({
    prior,
    answers: answers.filter(({ anchor }) => admits(anchor)),
  }));
}

/** Indices of the anchors that any model answered, ascending. */
export function answeredAnchors(models: readonly AnsweringModel[]): number[] {
  const answered = new Set(models.flatMap(({ answers }) => answers.map(({ anchor }) => anchor)));
  return [...answered].sort((a, b) => a - b);
}
