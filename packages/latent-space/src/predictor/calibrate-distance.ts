import { softplus } from '../response-model/response-model.js';
import type { HeldOutLogits, UncertaintyCalibration } from './calibrate-uncertainty.js';

const { sqrt } = Math;

/** What distance from home does to a predicted item; s = 1 − familiarity. */
export interface DistanceCalibration {
  /** v_a of Var(d̂) = v_h + s²·v_a, logit². */
  readonly variance: number;
  /**
   * κ of α = α̂ − δ, d = d̂ − δᵀθ̄, δ = κ·s·(α̂ − ᾱ): how far discrimination falls back to that of the mean
   * item, in [0, 1]. What the mean model θ̄ is forecast stays, so that no choice of origin matters.
   */
  readonly shrinkage: number;
}

/** The further variance that is looked for, at most: beyond it σ is flat. */
const MOST_VARIANCE = 40;

const SHRINKAGES = [0, 0.25, 0.5, 0.75, 1];

/**
 * The shrinkage and the further variance of difficulty far from home at which the marginal forecasts
 * σ(s·z/√(1 + πVar(d̂)/8)) of queries that were away have the least log-loss. The queries count alike,
 * whatever the number of their answers.
 *
 * A grid over κ; for each the variance by golden section on √v_a, since the loss falls and then rises
 * as forecasts shrink to ½.
 *
 * @param away logits of queries of kinds that the predictor did not learn from.
 * @param typicalLogit of the same cells at κ·s = 1: with the mean item's discrimination.
 * @param familiarity of each of those queries, in [0, 1].
 */
export function calibrateDistance(
  away: HeldOutLogits,
  typicalLogit: ArrayLike<number>,
  familiarity: ArrayLike<number>,
  home: UncertaintyCalibration,
): DistanceCalibration {
  let best = { loss: Infinity, variance: 0, shrinkage: 0 };
  for (const shrinkage of SHRINKAGES) {
    const logit = shrunkLogits(away, typicalLogit, familiarity, shrinkage);
    const found = bestVariance({ ...away, logit }, familiarity, home);
    if (found.loss < best.loss) best = { ...found, shrinkage };
  }
  return { variance: best.variance, shrinkage: best.shrinkage };
}

/** Logits at a shrinkage κ, from those as predicted and those with the mean item's discrimination. */
export function shrunkLogits(
  { start, logit }: HeldOutLogits,
  typicalLogit: ArrayLike<number>,
  familiarity: ArrayLike<number>,
  shrinkage: number,
): number[] {
  const shrunk = new Array<number>(logit.length);
  for (let q = 0; q + 1 < start.length; q++) {
    const share = shrinkage * (1 - familiarity[q]);
    for (let c = start[q]; c < start[q + 1]; c++)
      shrunk[c] = (1 - share) * logit[c] + share * typicalLogit[c];
  }
  return shrunk;
}

function bestVariance(
  { start, logit, score }: HeldOutLogits,
  familiarity: ArrayLike<number>,
  home: UncertaintyCalibration,
): { variance: number; loss: number } {
  const loss = (varianceAway: number): number => {
    let sum = 0;
    for (let q = 0; q + 1 < start.length; q++) {
      const answers = start[q + 1] - start[q];
      if (answers === 0) continue;
      const variance = home.difficultyVariance + (1 - familiarity[q]) ** 2 * varianceAway;
      const slope = home.logitScale / sqrt(1 + (Math.PI * variance) / 8);
      for (let c = start[q]; c < start[q + 1]; c++)
        sum += (softplus(slope * logit[c]) - score[c] * slope * logit[c]) / answers;
    }
    return sum;
  };
  const ratio = (sqrt(5) - 1) / 2;
  let low = 0;
  let high = sqrt(MOST_VARIANCE);
  while (high - low > 1e-3) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    if (loss(left ** 2) <= loss(right ** 2)) high = right;
    else low = left;
  }
  const found = ((low + high) / 2) ** 2;
  const [none, some] = [loss(0), loss(found)];
  return none <= some ? { variance: 0, loss: none } : { variance: found, loss: some };
}
