import { softplus } from '../response-model/response-model.js';
import type { HeldOutLogits, UncertaintyCalibration } from './calibrate-uncertainty.js';

const { sqrt } = Math;

/** The largest further variance that is looked for: beyond it σ is flat. */
const MOST_VARIANCE = 40;

/**
 * The further variance v_a of difficulty far from home, in Var(d̂) = v_h + (1 − familiarity)²·v_a, at
 * which the marginal forecasts σ(s·z/√(1 + πVar(d̂)/8)) of queries that were away have the least
 * log-loss. The queries count alike, whatever the number of their answers.
 *
 * By golden section on √v_a: the loss falls and then rises as forecasts shrink to ½.
 *
 * @param away logits of queries of kinds that the predictor did not learn from.
 * @param familiarity of each of those queries, in [0, 1].
 */
export function calibrateVarianceAway(
  away: HeldOutLogits,
  familiarity: ArrayLike<number>,
  home: UncertaintyCalibration,
): number {
  const { start, logit, score } = away;
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
  return loss(0) <= loss(found) ? 0 : found;
}
