import type { BankItem, SpaceAbilities } from '@zerorouter/contracts';
import type { Ability } from '@zerorouter/latent-space';

/** Fewer subjects than this say too little about how abilities spread in one data set. */
const FEWEST_SUBJECTS = 4;

/** Variance added to every dimension: the next model may be unlike all the known ones. */
const NOVELTY_VARIANCE = 0.25;

/**
 * Prior of a new model's ability: how the known subjects' abilities are spread (empirical Bayes).
 * When most of the anchors that the item bank knows come from one data set, the subjects of that data
 * set speak: the same model has another ability under another harness.
 *
 * @param known bank items of the candidate anchors.
 */
export function abilityPrior(
  subjects: SpaceAbilities['subjects'],
  known: readonly BankItem[],
): Ability {
  const votes = new Map<string, number>();
  for (const item of known) votes.set(item.source, (votes.get(item.source) ?? 0) + 1);
  const [source, count] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  const near = subjects.filter(({ model }) => model.startsWith(`${source}/`));
  const population = count * 2 > known.length && near.length >= FEWEST_SUBJECTS ? near : subjects;

  const dimensions = subjects[0]!.ability.mean.length;
  const mean = new Array<number>(dimensions).fill(0);
  for (const { ability } of population)
    for (let k = 0; k < dimensions; k++) mean[k]! += ability.mean[k]! / population.length;
  const covariance = new Array<number>(dimensions * dimensions).fill(0);
  for (const { ability } of population)
    for (let j = 0; j < dimensions; j++)
      for (let k = 0; k < dimensions; k++)
        covariance[j * dimensions + k]! +=
          ((ability.mean[j]! - mean[j]!) * (ability.mean[k]! - mean[k]!)) / population.length;
  // Off-diagonals of few subjects are mostly chance: shrink them.
  const trust = population.length / (population.length + dimensions);
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < dimensions; k++)
      covariance[j * dimensions + k] =
        j === k
          ? covariance[j * dimensions + k]! + NOVELTY_VARIANCE
          : trust * covariance[j * dimensions + k]!;
  return { mean, covariance };
}
