import type { ReferenceAnswer } from '../ability/expected-accuracy.js';
import { referencePosterior } from '../ability/expected-accuracy.js';
import type { Random } from '../random/seeded-random.js';
import type { Ability, ItemParameters } from '../response-model/response-model.js';
import type { DesignOptions } from './information-designs.js';
import { logDetAnchors } from './information-designs.js';
import { stratifiedAnchors } from './select-anchors.js';

/** Fewest anchors of a batch, and how batches grow: by a share of what was asked. */
const SMALLEST_BATCH = 4;
const GROWTH = 0.25;

/** The first batch, asked before anything is known, is all information. */
const OPENING = 4;

/** Candidates that each informative pick looks at. */
const LOOKS = 24;

/** Anchors of the batch that follows so many: known before any of them is answered. */
export function adaptiveBatchSize(asked: number): number {
  return Math.max(SMALLEST_BATCH, Math.ceil(GROWTH * asked));
}

/**
 * The next batch of the adaptive design. Half of it is log-det at the posterior of the answers so far, over
 * θ and the model's sensitivity to difficulty, each pick the best of a few random candidates; the other half
 * is stratified by difficulty over what was not asked. Informative picks alone, or the best of all
 * candidates, are queries of one kind: what the response model gets wrong there it gets wrong on all of
 * them at once. The two precautions cost little information and make the errors independent.
 *
 * @param items the candidates, and the traffic whose forecasts should become sure.
 * @param asked candidates that were asked; some may have no answer.
 * @param most anchors that may still be asked.
 * @returns candidates in the order in which to ask; empty when none is left.
 */
export function nextAdaptiveAnchors(
  items: readonly ItemParameters[],
  prior: Ability,
  asked: readonly number[],
  answers: readonly ReferenceAnswer[],
  most: number,
  random: Random,
  options: Omit<DesignOptions, 'looks'> = {},
): number[] {
  const batch = Math.min(most, adaptiveBatchSize(asked.length));
  const excluded = new Set([...(options.excluded ?? []), ...asked]);
  const { items: extended, posterior } = referencePosterior(prior, items, answers);
  const informative = logDetAnchors(
    extended,
    posterior,
    asked.length < OPENING ? batch : Math.ceil(batch / 2),
    random,
    { ...options, excluded, looks: LOOKS },
  );
  for (const candidate of informative) excluded.add(candidate);
  return [
    ...informative,
    ...stratifiedAnchors(items, batch - informative.length, random, excluded),
  ];
}
