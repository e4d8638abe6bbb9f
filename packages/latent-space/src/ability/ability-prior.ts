import type { Ability } from '../response-model/response-model.js';
import { modelSize } from './model-size.js';
import type { SizeTrend } from './size-trend.js';
import { fitSizeTrends } from './size-trend.js';

/** A calibrated model, named `<data set>/<model>`. */
export interface KnownSubject {
  readonly model: string;
  readonly ability: Ability;
}

/** Fewer subjects than this say too little about how abilities spread in one data set. */
const FEWEST_SUBJECTS = 4;

/** Variance added to every dimension: the next model may be unlike all the known ones. */
const NOVELTY_VARIANCE = 0.25;

/** The same for the general ability of a model whose size is known: its trend leaves less open. */
const SIZED_NOVELTY_VARIANCE = 0.1;

/**
 * Prior of a new model's ability: how the known subjects' abilities are spread (empirical Bayes).
 * When most of the anchors that the item bank knows come from one data set, the subjects of that data
 * set speak: the same model has another ability under another harness. Where the new model's size is
 * known, its general ability is expected where models of that size are.
 *
 * @param known the candidate anchors that the item bank knows, by the data set that they come from.
 * @param size of the new model, billions of parameters; null = unknown.
 * @throws RangeError when there is no subject.
 */
export function abilityPrior(
  subjects: readonly KnownSubject[],
  known: readonly { readonly source: string }[],
  size: number | null,
): Ability {
  if (subjects.length === 0) throw new RangeError('no subject to learn a prior of ability from');
  const votes = new Map<string, number>();
  for (const item of known) votes.set(item.source, (votes.get(item.source) ?? 0) + 1);
  const [source, count] = [...votes].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
  const near = subjects.filter(({ model }) => sourceOf(model) === source);
  const local = count * 2 > known.length && near.length >= FEWEST_SUBJECTS;
  const prior = spreadOf(local ? near : subjects);
  const trend = size === null ? null : sizeTrend(subjects, local ? source : null);
  return size === null || trend === null ? prior : atSize(prior, trend, Math.log(size));
}

/** Mean and covariance of the abilities of known subjects, widened for a model unlike them. */
function spreadOf(population: readonly KnownSubject[]): Ability {
  const dimensions = population[0].ability.mean.length;
  const mean = new Array<number>(dimensions).fill(0);
  for (const { ability } of population)
    for (let k = 0; k < dimensions; k++) mean[k] += ability.mean[k] / population.length;
  const covariance = new Array<number>(dimensions * dimensions).fill(0);
  for (const { ability } of population)
    for (let j = 0; j < dimensions; j++)
      for (let k = 0; k < dimensions; k++)
        covariance[j * dimensions + k] +=
          ((ability.mean[j] - mean[j]) * (ability.mean[k] - mean[k])) / population.length;
  // Off-diagonals of few subjects are mostly chance: shrink them.
  const trust = population.length / (population.length + dimensions);
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < dimensions; k++)
      covariance[j * dimensions + k] =
        j === k
          ? covariance[j * dimensions + k] + NOVELTY_VARIANCE
          : trust * covariance[j * dimensions + k];
  return { mean, covariance };
}

/** Trend of one data set, or of all subjects together; null where too few sizes are known. */
function sizeTrend(subjects: readonly KnownSubject[], source: string | null): SizeTrend | null {
  const groups = new Map<string, { logSize: number; ability: number }[]>();
  for (const { model, ability } of subjects) {
    const size = modelSize(model);
    if (size === null) continue;
    const group = source === null ? '' : sourceOf(model);
    const sized = { logSize: Math.log(size), ability: ability.mean[0] };
    const own = groups.get(group);
    if (own === undefined) groups.set(group, [sized]);
    else own.push(sized);
  }
  const names = [...groups.keys()];
  const own = groups.get(source ?? '');
  if (own === undefined || own.length < FEWEST_SUBJECTS) return null;
  return fitSizeTrends([...groups.values()])[names.indexOf(source ?? '')];
}

/** The prior with the general ability, the first coordinate, where the trend expects it. */
function atSize(prior: Ability, trend: SizeTrend, logSize: number): Ability {
  const dimensions = prior.mean.length;
  const mean = Array.from(prior.mean);
  mean[0] = trend.meanAbility + trend.slope * (logSize - trend.meanLogSize);
  const variance = trend.residualVariance + SIZED_NOVELTY_VARIANCE;
  const shrink = Math.sqrt(variance / prior.covariance[0]);
  const covariance = Array.from(prior.covariance);
  for (let k = 0; k < dimensions; k++) {
    covariance[k] *= shrink;
    covariance[k * dimensions] *= shrink;
  }
  return { mean, covariance };
}

/** The data set of a subject named `<data set>/<model>`. */
function sourceOf(subject: string): string {
  return subject.slice(0, subject.indexOf('/'));
}
