import { cholesky, seededRandom } from '@zerorouter/latent-space';
import type { Ability } from '@zerorouter/latent-space';
import { sampleTraffic, utilityAt } from './label-traffic.js';
import type { TrafficQuery } from './label-traffic.js';

/** What one grade, or several, did to the choices; utility per query of the traffic. */
export interface LabelEffect {
  /** E[max_m U_m] − max_m E[U_m]: what it costs not to know the abilities better, as believed before. */
  readonly regretBefore: number;
  /** The same, as believed after. */
  readonly regretAfter: number;
  /** By how much the choices of after are better than those of before, as believed after; never negative. */
  readonly gain: number;
}

/** A grade that was learnt. */
export interface LearntGrade {
  /** Index of the model; null where the grade can change no choice, as of a model that is not routed to. */
  readonly model: number | null;
  /** The model's ability after it. */
  readonly ability: Ability;
}

export interface LabelEffects {
  readonly each: readonly LabelEffect[];
  readonly total: LabelEffect;
  /** Queries that stand for the traffic. */
  readonly traffic: number;
}

/** Draws of every ability. */
const DRAWS = 128;

/**
 * Follows the regret of routing while grades are learnt one after the other. The same standard normals stand behind
 * the draws of an ability before and after, so that what differs is the belief and not the luck.
 * @param abilities per model, before the first grade.
 * @param options.pause awaited between grades, so that others have their turn.
 */
export async function traceRegret(
  abilities: readonly Ability[],
  grades: readonly LearntGrade[],
  queries: readonly TrafficQuery[],
  { seed, pause }: { seed: number; pause: () => Promise<void> },
): Promise<LabelEffects> {
  const traffic = sampleTraffic(queries, seed);
  const random = seededRandom(seed);
  const normals = abilities.map(({ mean }) =>
    Float64Array.from({ length: DRAWS * mean.length }, () => random.normal()),
  );
  const utilities = abilities.map((ability, m) => drawUtilities(ability, m, traffic, normals[m]));
  const first = stateOf(utilities, traffic.length);
  let before = first;
  const each: LabelEffect[] = [];
  for (const { model, ability } of grades) {
    await pause();
    if (model !== null) utilities[model] = drawUtilities(ability, model, traffic, normals[model]);
    const after = model === null ? before : stateOf(utilities, traffic.length);
    each.push(effectOf(before, after));
    before = after;
  }
  return { each, total: effectOf(first, before), traffic: traffic.length };
}

/** U of a model: query × draw. */
function drawUtilities(
  { mean, covariance }: Ability,
  model: number,
  traffic: readonly TrafficQuery[],
  normals: Float64Array,
): Float64Array {
  const dimensions = mean.length;
  const factor = cholesky(covariance, dimensions);
  const utilities = new Float64Array(traffic.length * DRAWS);
  const theta = new Float64Array(dimensions);
  for (let draw = 0; draw < DRAWS; draw++) {
    for (let j = 0; j < dimensions; j++) {
      theta[j] = mean[j];
      for (let k = 0; k <= j; k++)
        theta[j] += factor[j * dimensions + k] * normals[draw * dimensions + k];
    }
    for (let q = 0; q < traffic.length; q++)
      utilities[q * DRAWS + draw] = utilityAt(traffic[q], model, theta);
  }
  return utilities;
}

interface RoutingState {
  readonly regret: number;
  /** E[U]: per model, per query. */
  readonly expected: readonly Float64Array[];
  /** Chosen model per query. */
  readonly choices: Int32Array;
}

function stateOf(utilities: readonly Float64Array[], queries: number): RoutingState {
  const expected = utilities.map((drawn) =>
    Float64Array.from({ length: queries }, (_, q) => meanOf(drawn, q)),
  );
  const choices = Int32Array.from({ length: queries }, (_, q) =>
    expected.reduce((best, of, m) => (of[q] > expected[best][q] ? m : best), 0),
  );
  let regret = 0;
  for (let q = 0; q < queries; q++) {
    let foreknown = 0;
    for (let place = q * DRAWS; place < (q + 1) * DRAWS; place++) {
      let most = -Infinity;
      for (const drawn of utilities) if (drawn[place] > most) most = drawn[place];
      foreknown += most;
    }
    regret += foreknown / DRAWS - expected[choices[q]][q];
  }
  return { regret: perQuery(regret, queries), expected, choices };
}

function meanOf(drawn: Float64Array, query: number): number {
  let sum = 0;
  for (let draw = 0; draw < DRAWS; draw++) sum += drawn[query * DRAWS + draw];
  return sum / DRAWS;
}

function effectOf(before: RoutingState, after: RoutingState): LabelEffect {
  const { choices, expected } = after;
  let gain = 0;
  for (let q = 0; q < choices.length; q++)
    gain += expected[choices[q]][q] - expected[before.choices[q]][q];
  return {
    regretBefore: before.regret,
    regretAfter: after.regret,
    gain: perQuery(gain, choices.length),
  };
}

/** No traffic, no regret. */
function perQuery(sum: number, queries: number): number {
  return queries === 0 ? 0 : sum / queries;
}
