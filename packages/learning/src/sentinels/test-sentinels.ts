import { dot, forecastCorrectness, quadraticForm, sigmoid } from '@zerorouter/latent-space';
import type { Ability, ItemParameters, Random } from '@zerorouter/latent-space';
import { mahalanobis } from '../belief/mahalanobis.js';

// Bound once: a global looked up in an inner loop is slow wherever code runs in a sandbox.
const { max, sqrt, PI } = Math;

/** One sentinel anchor and what the model's answer to it scored. */
export interface SentinelAnswer {
  readonly item: ItemParameters;
  readonly score: number;
}

export interface SentinelTest {
  /** How far the answers would move the ability, one Newton step. */
  readonly shift: readonly number[];
  /** ‖Δθ‖ in the profile's own deviations. */
  readonly distance: number;
  /** Chance of a distance as large from a model that is as its profile says. */
  readonly pValue: number;
  readonly expected: number;
  readonly observed: number;
}

const DRAWS = 4_999;

/**
 * Mahalanobis test of Δθ: what the answers say beyond the profile, measured in the profile's own covariance, against
 * what a model of that profile would have answered. Few graded answers are far from normal, so that the distribution
 * is drawn: abilities from the profile, difficulties from their uncertainty, answers from both.
 * @throws RangeError without answers.
 */
export function testSentinels(
  profile: Ability,
  answers: readonly SentinelAnswer[],
  random: Random,
): SentinelTest {
  if (answers.length === 0) throw new RangeError('there is no answer to test');
  const items = answers.map(({ item }) => item);
  const scores = answers.map(({ score }) => score);
  const dimensions = profile.mean.length;
  const belief = {
    mean: Array.from(profile.mean),
    covariance: Array.from(profile.covariance),
  };
  const forecasts = items.map((item) => forecastCorrectness(item, profile).probability);
  const gains = items.map((item, i) => gainOf(item, profile, forecasts[i]));
  const shiftOf = (outcome: readonly number[]): number[] => {
    const shift = new Array<number>(dimensions).fill(0);
    outcome.forEach((score, i) => {
      for (let k = 0; k < dimensions; k++) shift[k] += gains[i][k] * (score - forecasts[i]);
    });
    return shift;
  };
  const distanceOf = (shift: readonly number[]) =>
    mahalanobis(
      shift.map((value, k) => value + belief.mean[k]),
      belief,
    );
  const shift = shiftOf(scores);
  const distance = distanceOf(shift);
  const root = squareRoot(belief.covariance, dimensions);
  let asFar = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    const normal = Array.from({ length: dimensions }, () => random.normal());
    const theta = belief.mean.map((mean, k) => {
      let sum = mean;
      for (let j = 0; j <= k; j++) sum += root[k * dimensions + j] * normal[j];
      return sum;
    });
    const outcome = items.map((item) => {
      const difficulty = item.difficulty + sqrt(item.difficultyVariance) * random.normal();
      return random.uniform() < sigmoid(dot(item.discrimination, theta) - difficulty) ? 1 : 0;
    });
    // Equal outcomes may differ in the last bit by the order of their sums.
    if (distanceOf(shiftOf(outcome)) >= distance - 1e-9) asFar++;
  }
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    shift,
    distance,
    pValue: (asFar + 1) / (DRAWS + 1),
    expected: mean(forecasts),
    observed: mean(scores),
  };
}

/** Δθ for a residual of 1: C·α·κ/(1 + κ²·αᵀCα·p(1 − p)), κ the attenuation of an uncertain difficulty. */
function gainOf(item: ItemParameters, { covariance }: Ability, probability: number): number[] {
  const n = item.discrimination.length;
  const kappa = 1 / sqrt(1 + (PI * item.difficultyVariance) / 8);
  const spread = quadraticForm(item.discrimination, covariance);
  const damping = 1 + kappa * kappa * spread * probability * (1 - probability);
  return Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += covariance[row * n + k] * item.discrimination[k];
    return (sum * kappa) / damping;
  });
}

/** Lower L with LLᵀ = A; zero columns where A has no width. */
function squareRoot(matrix: readonly number[], n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column];
      for (let k = 0; k < column; k++) sum -= factor[row * n + k] * factor[column * n + k];
      const pivot = factor[column * n + column];
      factor[row * n + column] = row === column ? sqrt(max(0, sum)) : pivot > 0 ? sum / pivot : 0;
    }
  return factor;
}
