import type {
  Ability,
  AnchorDesign,
  ItemParameters,
  Random,
  ReferenceAnswer,
} from '@zerorouter/latent-space';
import {
  expectedAccuracy,
  logDetAnchors,
  nextAdaptiveAnchors,
  randomAnchors,
  stratifiedAnchors,
} from '@zerorouter/latent-space';

/** What ends the asking. */
interface AskLimits {
  /** Anchors, at most. */
  readonly most: number;
  /** Enough is known once the expected accuracy has this standard deviation; null = ask them all. */
  readonly targetDeviation: number | null;
  /** Candidates that may not be asked; they are traffic all the same. */
  readonly excluded?: ReadonlySet<number>;
  /** What asking each candidate costs, in any one unit: informative anchors are then chosen per unit. */
  readonly cost?: ArrayLike<number>;
}

/** Anchors of a fixed order between two looks at the target. */
const LOOK_EVERY = 4;

/**
 * Asks anchors until a limit is reached and returns them in the order in which they were asked, with the
 * answers. `answer` is the only way to an outcome; it is called for the chosen candidates alone.
 *
 * @param items the candidates, which are the traffic whose accuracy is estimated too.
 * @param answer score of a candidate, or null when it has none.
 */
export function askAnchors(
  items: readonly ItemParameters[],
  prior: Ability,
  design: AnchorDesign,
  limits: AskLimits,
  random: Random,
  answer: (candidate: number) => number | null,
): { asked: number[]; answers: ReferenceAnswer[] } {
  const asked: number[] = [];
  const answers: ReferenceAnswer[] = [];
  const { excluded = new Set<number>(), cost } = limits;
  const options = { excluded, ...(cost === undefined ? {} : { cost }) };
  const order =
    design === 'adaptive' ? null : fixedOrder(items, prior, design, limits.most, random, options);
  const next = (): number[] =>
    order === null
      ? nextAdaptiveAnchors(
          items,
          prior,
          asked,
          answers,
          limits.most - asked.length,
          random,
          options,
        )
      : order.slice(
          asked.length,
          limits.targetDeviation === null ? undefined : asked.length + LOOK_EVERY,
        );
  const knowsEnough = (): boolean =>
    limits.targetDeviation !== null &&
    items.length > 0 &&
    expectedAccuracy(prior, items, answers).standardDeviation <= limits.targetDeviation;

  for (let batch = next(); batch.length > 0 && !knowsEnough(); batch = next())
    for (const query of batch) {
      asked.push(query);
      const score = answer(query);
      if (score !== null) answers.push({ query, score });
    }
  return { asked, answers };
}

function fixedOrder(
  items: readonly ItemParameters[],
  prior: Ability,
  design: Exclude<AnchorDesign, 'adaptive'>,
  count: number,
  random: Random,
  options: { readonly excluded: ReadonlySet<number>; readonly cost?: ArrayLike<number> },
): number[] {
  switch (design) {
    case 'random':
      return randomAnchors(items.length, items.length, random)
        .filter((candidate) => !options.excluded.has(candidate))
        .slice(0, count);
    case 'stratified':
      return stratifiedAnchors(items, count, random, options.excluded);
    case 'log-det':
      return logDetAnchors(items, prior, count, random, options);
  }
}
