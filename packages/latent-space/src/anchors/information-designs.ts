import { attenuation } from '../ability/estimate-ability.js';
import { cholesky } from '../linear-algebra/symmetric-positive.js';
import type { Random } from '../random/seeded-random.js';
import type { Ability, ItemParameters } from '../response-model/response-model.js';
import { dot, quadraticForm, sigmoid } from '../response-model/response-model.js';

export interface DesignOptions {
  /** Candidates that may not be chosen: asked already, or asked too often of other models. */
  readonly excluded?: ReadonlySet<number>;
  /** What asking each candidate costs, in any one unit: gains are then per unit ("bits per dollar"). */
  readonly cost?: ArrayLike<number>;
  /** Each step looks at so many candidates, drawn anew (Mirzasoleiman et al. 2015); default: at all. */
  readonly looks?: number;
}

/** Draws of θ that an expectation over the belief is taken over. */
const DRAWS = 24;

/**
 * Greedy log-det (D-optimal) design: each step adds the candidate that most raises log det of the
 * expected information Σ w_i α_i α_iᵀ + C⁻¹, w_i = E_θ[κ_i²·p(1 − p)]. The matrix-determinant lemma makes
 * the gain of one item log(1 + w·αᵀΣα), Σ the inverse so far.
 * "Top-k by information at θ = 0" would ask the same thing again and again.
 *
 * @param belief of θ; what answered anchors have told is in its covariance.
 * @throws RangeError when a cost is not positive.
 */
export function logDetAnchors(
  items: readonly ItemParameters[],
  belief: Ability,
  count: number,
  random: Random,
  { excluded = new Set(), cost, looks = Infinity }: DesignOptions = {},
): number[] {
  const unaffordable = cost === undefined ? -1 : items.findIndex((_, i) => !(cost[i] > 0));
  if (unaffordable >= 0)
    throw new RangeError(
      `cost of candidate ${unaffordable} is ${cost![unaffordable]}, not positive`,
    );
  const draws = drawAbilities(belief, random);
  const information = new Map<number, number>();
  const covariance = Float64Array.from(belief.covariance);
  const gainOf = (i: number): number => {
    const weight = information.get(i) ?? expectedInformation(items[i], draws);
    information.set(i, weight);
    const gain = Math.log1p(weight * quadraticForm(items[i].discrimination, covariance));
    return gain / (cost === undefined ? 1 : cost[i]);
  };
  const remaining = items.map((_, i) => i).filter((i) => !excluded.has(i));
  const picks: number[] = [];
  while (picks.length < count && remaining.length > 0) {
    const looked = Math.min(looks, remaining.length);
    let best = 0;
    let bestGain = -Infinity;
    for (let place = 0; place < looked; place++) {
      // A partial shuffle: the first places are the drawn ones.
      if (looked < remaining.length)
        swap(remaining, place, place + random.integer(remaining.length - place));
      const gain = gainOf(remaining[place]);
      if (gain > bestGain) {
        bestGain = gain;
        best = place;
      }
    }
    const [pick] = remaining.splice(best, 1);
    picks.push(pick);
    shermanMorrison(covariance, items[pick].discrimination, information.get(pick)!);
  }
  return picks;
}

/** E_θ[κ²·p(1 − p)]: information of one answer per unit of ααᵀ. */
function expectedInformation(item: ItemParameters, draws: readonly Float64Array[]): number {
  const slope = attenuation(item.difficultyVariance);
  let sum = 0;
  for (const theta of draws) {
    const p = sigmoid(slope * (dot(item.discrimination, theta) - item.difficulty));
    sum += p * (1 - p);
  }
  return (slope * slope * sum) / draws.length;
}

function swap(values: number[], a: number, b: number): void {
  const held = values[a];
  values[a] = values[b];
  values[b] = held;
}

/** θ ~ N(mean, covariance), the mean itself first. */
function drawAbilities(belief: Ability, random: Random): Float64Array[] {
  const dimensions = belief.mean.length;
  const factor = cholesky(belief.covariance, dimensions);
  return Array.from({ length: DRAWS }, (_, draw) => {
    const theta = Float64Array.from(belief.mean);
    if (draw === 0) return theta;
    const noise = Float64Array.from({ length: dimensions }, () => random.normal());
    for (let j = 0; j < dimensions; j++)
      for (let k = 0; k <= j; k++) theta[j] += factor[j * dimensions + k] * noise[k];
    return theta;
  });
}

/** (A + w·ααᵀ)⁻¹ = A⁻¹ − w·A⁻¹α αᵀA⁻¹/(1 + w·αᵀA⁻¹α), in place. */
function shermanMorrison(inverse: Float64Array, alpha: ArrayLike<number>, weight: number): void {
  const dimensions = alpha.length;
  const column = new Float64Array(dimensions);
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < dimensions; k++) column[j] += inverse[j * dimensions + k] * alpha[k];
  const scale = weight / (1 + weight * dot(alpha, column));
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < dimensions; k++)
      inverse[j * dimensions + k] -= scale * column[j] * column[k];
}
