import type { Ability, AnchorAnswer, AnchorDesign, Random } from '@zerorouter/latent-space';
import type { ItemParameters } from '@zerorouter/latent-space';
import {
  estimateAbility,
  logDetAnchors,
  randomAnchors,
  stratifiedAnchors,
} from '@zerorouter/latent-space';

/** Share of an adaptive design that is asked before anything is known of the model. */
const SEED_SHARE = 0.5;

/** Anchors are asked in batches, so that a live model can answer several at a time. */
const BATCHES = 4;

/**
 * Asks at most `count` anchors and returns the answers in the order in which they were asked.
 * `answer` is the only way to an outcome; it is called for the chosen candidates alone.
 *
 * @param answer score of a candidate, or null when it has none.
 */
export function askAnchors(
  items: readonly ItemParameters[],
  prior: Ability,
  design: AnchorDesign,
  count: number,
  random: Random,
  answer: (candidate: number) => number | null,
): { asked: number[]; answers: AnchorAnswer[] } {
  const asked: number[] = [];
  const answers: AnchorAnswer[] = [];
  const ask = (candidates: readonly number[]): void => {
    for (const candidate of candidates) {
      asked.push(candidate);
      const score = answer(candidate);
      if (score !== null) answers.push({ item: items[candidate]!, score });
    }
  };
  switch (design) {
    case 'random':
      ask(randomAnchors(items.length, count, random));
      break;
    case 'stratified':
      ask(stratifiedAnchors(items, count, random));
      break;
    case 'log-det':
      ask(logDetAnchors(items, prior, count, random));
      break;
    case 'adaptive': {
      ask(stratifiedAnchors(items, Math.ceil(count * SEED_SHARE), random));
      while (asked.length < Math.min(count, items.length)) {
        const belief = estimateAbility(answers, prior);
        const batch = Math.min(
          Math.ceil((count * (1 - SEED_SHARE)) / BATCHES),
          count - asked.length,
        );
        ask(logDetAnchors(items, belief, batch, random, new Set(asked)));
      }
      break;
    }
  }
  return { asked, answers };
}
