import type { AssignmentProblem } from './assignment-problem.js';
import { thinOut, totalsOf } from './assignment-problem.js';
import { Transport } from './transport.js';

/** A choice that keeps the capacities, and what it comes to. */
export interface Assignment {
  readonly choice: Int32Array;
  readonly value: number;
  readonly load: number;
}

export interface DualSolution {
  readonly kind: 'solved';
  /** λ ≥ 0: value per unit of the limit. */
  readonly loadPrice: number;
  /** μ ≥ 0: value per further call of each model. */
  readonly prices: Float64Array;
  /** Of the optimum, from above: the least value of the dual that was found. */
  readonly bound: number;
  /** The limit with room for rounding. */
  readonly limit: number;
  /** The best choice within the limit, and the nearest beyond it; null when the limit does not bind. */
  readonly within: Assignment;
  readonly beyond: Assignment | null;
  /** Prices of the calls where the load alone counts; a start for larger problems. */
  readonly leastPrices: Float64Array;
}

/** No choice keeps the capacities, or the least load exceeds the limit. */
export type DualFailure =
  | { readonly kind: 'capacity'; readonly calls: Int32Array }
  | { readonly kind: 'limit'; readonly least: Assignment; readonly leastPrices: Float64Array };

/** Above this many queries, prices are first found on an eighth of them. */
const COARSEST = 2_000;
const THINNING = 8;
/** Relative gap between bound and choice that is good enough for the prices of a thinned problem. */
const COARSE_TOLERANCE = 1e-4;
const TOLERANCE = 1e-7;
const MAX_STEPS = 100;
/** A limit that is missed by less than this part of it is kept: .1 + .01 + .01 is not .12 in binary. */
const ROUNDING = 1e-12;

interface Side extends Assignment {
  readonly loadPrice: number;
}

/**
 * Lagrangian dual: min over λ ≥ 0 of λ·limit + max Σ (value − λ·load) over the choices that keep the
 * capacities. The inner maximum is a {@link Transport}; as a function of λ the whole is convex and
 * piecewise linear with slope limit − load. The minimum is bracketed; the next λ is where the lines
 * of both sides meet, which ends at the very kink, or the middle when that shrinks too slowly.
 */
export function solveDual(
  problem: AssignmentProblem,
  tolerance = TOLERANCE,
): DualSolution | DualFailure {
  const { queries, models } = problem;
  const likeness =
    queries > COARSEST
      ? solveDual(thinOut(problem, Math.ceil(queries / THINNING)), COARSE_TOLERANCE)
      : null;
  const start = likeness?.kind === 'solved' ? likeness : null;
  const transport = new Transport(problem);
  const solveAt = (value: number, load: number) => {
    const homeless = transport.solve({ value, load });
    const choice = Int32Array.from(transport.choice);
    return { homeless, assignment: { choice, ...totalsOf(problem, choice) } };
  };

  let limit = Infinity;
  let within: Side | null = null;
  const leastPrices = new Float64Array(models);
  if (problem.limit < Infinity) {
    if (likeness !== null && likeness.kind !== 'capacity')
      transport.prices.set(likeness.leastPrices);
    const { homeless, assignment: least } = solveAt(0, 1);
    if (homeless > 0) return { kind: 'capacity', calls: transport.calls };
    leastPrices.set(transport.prices);
    limit = problem.limit + ROUNDING * Math.abs(problem.limit);
    if (least.load > limit) return { kind: 'limit', least, leastPrices };
    within = { ...least, loadPrice: Infinity };
  }

  let beyond: Side | null = null;
  let best = { loadPrice: 0, prices: new Float64Array(models), bound: Infinity };
  if (start === null) transport.prices.fill(0);
  else transport.prices.set(start.prices);
  let loadPrice = limit === Infinity ? 0 : (start?.loadPrice ?? 0);
  let width = Infinity;
  for (let step = 0, slow = 0; step < MAX_STEPS; step++) {
    const { homeless, assignment } = solveAt(1, loadPrice);
    if (homeless > 0) return { kind: 'capacity', calls: transport.calls };
    const net = assignment.value - loadPrice * assignment.load;
    const bound = limit === Infinity ? assignment.value : net + loadPrice * limit;
    if (bound < best.bound)
      best = { loadPrice, prices: Float64Array.from(transport.prices), bound };
    const meets = (side: Side | null) =>
      side !== null && net <= side.value - loadPrice * side.load + ROUNDING * Math.abs(side.value);
    const atKink = meets(beyond) && meets(within);
    const side: Side = { ...assignment, loadPrice };
    if (assignment.load <= limit)
      within = side.value >= (within?.value ?? -Infinity) ? side : within;
    else beyond = side;
    if (within!.loadPrice === 0 || atKink) break;
    if (best.bound - within!.value <= tolerance * Math.abs(best.bound)) break;

    const before: number = width;
    width = within!.loadPrice - (beyond?.loadPrice ?? 0);
    slow = width > 0.5 * before ? slow + 1 : 0;
    loadPrice = nextPrice(within!, beyond, step, slow);
  }
  return { kind: 'solved', ...best, limit, within: within!, beyond, leastPrices };
}

/** Steps away from a first guess until both sides are known, then meets in between. */
function nextPrice(within: Side, beyond: Side | null, step: number, slow: number): number {
  const stride = 1 + 0.02 * 4 ** step;
  if (beyond === null) return step < 4 ? within.loadPrice / stride : 0;
  const kink = (beyond.value - within.value) / (beyond.load - within.load);
  if (within.loadPrice === Infinity) {
    if (beyond.loadPrice > 0 && step < 4) return beyond.loadPrice * stride;
    return slow > 2 ? Math.max(kink, 4 * beyond.loadPrice) : kink;
  }
  return slow > 1 && slow % 2 === 0 ? (within.loadPrice + beyond.loadPrice) / 2 : kink;
}
