import { attenuation } from '../ability/estimate-ability.js';
import { cholesky } from '../linear-algebra/symmetric-positive.js';
import type { Random } from '../random/seeded-random.js';
import type { Ability, ItemParameters } from '../response-model/response-model.js';
import { dot, sigmoid } from '../response-model/response-model.js';

/** How anchors are chosen among candidate queries. */
export type AnchorDesign = 'adaptive' | 'log-det' | 'stratified' | 'random';

/** `count` of the candidates, uniformly. */
export function randomAnchors(candidates: number, count: number, random: Random): number[] {
  return Array.from(random.permutation(candidates).subarray(0, count));
}

/**
 * Stratified by difficulty: the candidates are cut into `count` quantiles of d̂ and one is drawn
 * from each, in random order, so that every prefix spreads over the range too.
 */
export function stratifiedAnchors(
  items: readonly ItemParameters[],
  count: number,
  random: Random,
): number[] {
  const n = Math.min(count, items.length);
  const order = items
    .map((_, i) => i)
    .sort((a, b) => items[a].difficulty - items[b].difficulty || a - b);
  const picks: number[] = [];
  for (let stratum = 0; stratum < n; stratum++) {
    const from = Math.floor((stratum * order.length) / n);
    const to = Math.floor(((stratum + 1) * order.length) / n);
    picks.push(order[from + random.integer(to - from)]);
  }
  return Array.from(random.permutation(n), (i) => picks[i]);
}

/**
 * Greedy log-det design: each step adds the candidate that most raises log det of the expected
 * information Σ w_i α_i α_iᵀ + C⁻¹, w_i = E_θ[κ_i²·p(1 − p)] averaged over draws of θ from the belief.
 * The matrix-determinant lemma makes the gain of one item log(1 + w·αᵀΣα), Σ the inverse so far.
 * "Top-k by information at θ = 0" would ask the same thing again and again.
 *
 * @param already information that answered anchors have given beyond the belief: in its covariance.
 * @param excluded candidates that may not be chosen.
 */
export function logDetAnchors(
  items: readonly ItemParameters[],
  belief: Ability,
  count: number,
  random: Random,
  excluded: ReadonlySet<number> = new Set(),
): number[] {
  const dimensions = belief.mean.length;
  const draws = drawAbilities(belief, 24, random);
  const weights = items.map((item, i) => (excluded.has(i) ? -1 : expectedWeight(item, draws)));
  const inverse = Float64Array.from(belief.covariance);
  const picks: number[] = [];
  while (picks.length < count) {
    let best = -1;
    let bestGain = -Infinity;
    for (let i = 0; i < items.length; i++) {
      if (weights[i] < 0) continue;
      const gain = weights[i] * spread(items[i].discrimination, inverse, dimensions);
      if (gain > bestGain) {
        bestGain = gain;
        best = i;
      }
    }
    if (best < 0) break;
    picks.push(best);
    shermanMorrison(inverse, items[best].discrimination, weights[best], dimensions);
    weights[best] = -1;
  }
  return picks;
}

/** E_θ[κ²·p(1 − p)]: information of one answer per unit of ααᵀ. */
function expectedWeight(item: ItemParameters, draws: readonly Float64Array[]): number {
  const slope = attenuation(item.difficultyVariance);
  let sum = 0;
  for (const theta of draws) {
    const p = sigmoid(slope * (dot(item.discrimination, theta) - item.difficulty));
    sum += p * (1 - p);
  }
  return (slope * slope * sum) / draws.length;
}

/** θ ~ N(mean, covariance), the mean itself first. */
function drawAbilities(belief: Ability, count: number, random: Random): Float64Array[] {
  const dimensions = belief.mean.length;
  const factor = cholesky(belief.covariance, dimensions);
  return Array.from({ length: count }, (_, draw) => {
    const theta = Float64Array.from(belief.mean);
    if (draw === 0) return theta;
    const noise = Float64Array.from({ length: dimensions }, () => random.normal());
    for (let j = 0; j < dimensions; j++)
      for (let k = 0; k <= j; k++) theta[j] += factor[j * dimensions + k] * noise[k];
    return theta;
  });
}

function spread(alpha: ArrayLike<number>, inverse: Float64Array, dimensions: number): number {
  let sum = 0;
  for (let j = 0; j < dimensions; j++) {
    let row = 0;
    for (let k = 0; k < dimensions; k++) row += inverse[j * dimensions + k] * alpha[k];
    sum += alpha[j] * row;
  }
  return sum;
}

/** (A + w·ααᵀ)⁻¹ = A⁻¹ − w·A⁻¹α αᵀA⁻¹/(1 + w·αᵀA⁻¹α), in place. */
function shermanMorrison(
  inverse: Float64Array,
  alpha: ArrayLike<number>,
  weight: number,
  dimensions: number,
): void {
  const column = new Float64Array(dimensions);
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < dimensions; k++) column[j] += inverse[j * dimensions + k] * alpha[k];
  const scale = weight / (1 + weight * dot(alpha, column));
  for (let j = 0; j < dimensions; j++)
    for (let k = 0; k < dimensions; k++)
      inverse[j * dimensions + k] -= scale * column[j] * column[k];
}
