import { dot, forecastCorrectness, quadraticForm } from '@zerorouter/latent-space';
import type { Ability, ItemParameters } from '@zerorouter/latent-space';
import { observeAnswer } from '@zerorouter/learning';
import { expectedUtility } from './label-traffic.js';
import type { TrafficQuery } from './label-traffic.js';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { exp, PI, sqrt } = Math;

/** A grade is the truth about the answer. */
const PERFECT = { sensitivity: 1, specificity: 1 };

/**
 * What the width of each ability costs the choices of the traffic: A_m = ∂ regret/∂ C_m, D × D row-major.
 *
 * Between the chosen model and a rival, U_c − U_m ~ N(λ, s²) to first order, s² = w_a²·(p_c'²·αᵀC_cα + p_m'²·αᵀC_mα),
 * p' = dp/d logit; choosing by the means forgoes E[(U_m − U_c)⁺] = s·φ(λ/s) − λ·Φ(−λ/s), whose derivative by s² is
 * φ(λ/s)/(2s). So a width counts where it lies along the query, and the lead is within reach of it.
 */
export function weighWidths(
  abilities: readonly Ability[],
  traffic: readonly TrafficQuery[],
): Float64Array[] {
  const weights = abilities.map(({ covariance }) => new Float64Array(covariance.length));
  for (const query of traffic) {
    const { item, accuracyWeight } = query;
    const utilities = abilities.map((ability, m) => expectedUtility(query, m, ability));
    const slopes = abilities.map((ability) => accuracyWeight * slopeOf(item, ability));
    const widths = abilities.map(({ covariance }) =>
      quadraticForm(item.discrimination, covariance),
    );
    const chosen = utilities.reduce(
      (best, utility, m) => (utility > utilities[best] ? m : best),
      0,
    );
    for (let rival = 0; rival < abilities.length; rival++) {
      if (rival === chosen || utilities[rival] === -Infinity) continue;
      const s = sqrt(slopes[chosen] ** 2 * widths[chosen] + slopes[rival] ** 2 * widths[rival]);
      if (!(s > 0)) continue;
      const lead = (utilities[chosen] - utilities[rival]) / s;
      const perVariance = exp(-(lead ** 2) / 2) / sqrt(2 * PI) / (2 * s) / traffic.length;
      for (const model of [chosen, rival])
        addOuter(weights[model], item.discrimination, perVariance * slopes[model] ** 2);
    }
  }
  return weights;
}

/** What grades of one model are worth to the choices of the traffic. */
export class LabelValue {
  private readonly mean: Float64Array;
  private readonly covariance: Float64Array;

  /** @param weight what its width costs, see {@link weighWidths}. */
  constructor(
    ability: Ability,
    private readonly weight: Float64Array,
  ) {
    this.mean = Float64Array.from(ability.mean);
    this.covariance = Float64Array.from(ability.covariance);
  }

  /** Expected fall of the regret, in utility per query of the traffic, by a grade on `item`: tr(A·(C − E_y[C_y])). */
  valueOf(item: ItemParameters): number {
    const { direction, shrink } = this.lookAhead(item);
    return shrink * quadraticForm(direction, this.weight);
  }

  /** Reckons from now on with a grade on `item` being there, whatever it will say. */
  expect(item: ItemParameters): void {
    const { direction, shrink } = this.lookAhead(item);
    addOuter(this.covariance, direction, -shrink);
  }

  /**
   * One step ahead: with k = Cα, a grade y moves θ̄ by a_y·k. On average it moves nothing, E[a_y] = 0, and what it
   * moves is taken from the width: E[C_y] = C − E[a_y²]·k kᵀ.
   */
  private lookAhead(item: ItemParameters): { direction: Float64Array; shrink: number } {
    const { mean, covariance } = this;
    const dimensions = mean.length;
    const direction = Float64Array.from({ length: dimensions }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < dimensions; k++)
        sum += covariance[j * dimensions + k] * item.discrimination[k];
      return sum;
    });
    const width = dot(item.discrimination, direction);
    const right = { item, score: 1, judge: PERFECT, evidence: 0 };
    const { belief, probability } = observeAnswer({ mean, covariance }, right);
    // Where it tells nothing, or everything is known.
    if (!(width > 0 && probability > 0 && probability < 1)) return { direction, shrink: 0 };
    let moved = 0;
    for (let k = 0; k < dimensions; k++)
      moved += item.discrimination[k] * (belief.mean[k] - mean[k]);
    return { direction, shrink: ((moved / width) ** 2 * probability) / (1 - probability) };
  }
}

/** dp/d logit, logit and ability uncertain. */
function slopeOf(item: ItemParameters, ability: Ability): number {
  const { probability } = forecastCorrectness(item, ability);
  const variance = quadraticForm(item.discrimination, ability.covariance) + item.difficultyVariance;
  return (probability * (1 - probability)) / sqrt(1 + (PI * variance) / 8);
}

/** matrix += factor·x xᵀ. */
function addOuter(matrix: Float64Array, x: ArrayLike<number>, factor: number): void {
  for (let j = 0; j < x.length; j++)
    for (let k = 0; k < x.length; k++) matrix[j * x.length + k] += factor * x[j] * x[k];
}
