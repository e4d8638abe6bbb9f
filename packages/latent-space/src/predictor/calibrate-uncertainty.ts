import { sigmoid, softplus } from '../response-model/response-model.js';

/** Logits that a predictor gives to held-out queries, with what happened, query after query. */
export interface HeldOutLogits {
  /** Cells of query q are `start[q] … start[q + 1] − 1`. */
  readonly start: ArrayLike<number>;
  readonly logit: ArrayLike<number>;
  readonly score: ArrayLike<number>;
}

export interface UncertaintyCalibration {
  /** Var(d̂): variance of what a query's difficulty still hides, shared by all who answer it; logit². */
  readonly difficultyVariance: number;
  /** Factor on the logits with which σ(scale·z/√(1 + π·variance/8)) is calibrated. */
  readonly logitScale: number;
}

/**
 * Honest uncertainty from held-out queries: the outcomes of one query share an error u ~ N(0, v) of
 * its predicted difficulty. v and the slope s are found by expectation–maximisation on
 *   P(y_mi) = σ(s·z_mi − u_i);
 * then s is set so that the marginal forecast σ(s·z/√(1 + πv/8)) has the least log-loss, because the
 * marginal is what a router uses.
 */
export function calibrateUncertainty(
  heldOut: HeldOutLogits,
  options: { iterations?: number } = {},
): UncertaintyCalibration {
  const { iterations = 25 } = options;
  const { start, logit, score } = heldOut;
  const queries = start.length - 1;
  let variance = 1;
  let slope = 1.2;
  for (let iteration = 0; iteration < iterations; iteration++) {
    let second = 0;
    let slopeGradient = 0;
    let slopeInformation = 1e-9;
    for (let q = 0; q < queries; q++) {
      let u = 0;
      let information = 1 / variance;
      // Newton on one concave scalar; ten damped steps are plenty.
      for (let step = 0; step < 10; step++) {
        let gradient = -u / variance;
        information = 1 / variance;
        for (let c = start[q]; c < start[q + 1]; c++) {
          const p = sigmoid(slope * logit[c] - u);
          gradient += p - score[c];
          information += p * (1 - p);
        }
        const move = Math.max(-1, Math.min(1, gradient / information));
        u += move;
        if (Math.abs(move) < 1e-6) break;
      }
      second += u * u + 1 / information;
      for (let c = start[q]; c < start[q + 1]; c++) {
        const p = sigmoid(slope * logit[c] - u);
        slopeGradient += (score[c] - p) * logit[c];
        slopeInformation += p * (1 - p) * logit[c] ** 2;
      }
    }
    variance = Math.min(25, Math.max(1e-3, second / Math.max(1, queries)));
    slope += Math.max(-0.3, Math.min(0.3, slopeGradient / slopeInformation));
  }
  const temperature = bestSlope(heldOut);
  return {
    difficultyVariance: variance,
    logitScale: temperature * Math.sqrt(1 + (Math.PI * variance) / 8),
  };
}

/** The slope t that minimises the log-loss of σ(t·z), by Newton on a convex scalar. */
export function bestSlope({ logit, score }: Omit<HeldOutLogits, 'start'>): number {
  let slope = 1;
  for (let step = 0; step < 50; step++) {
    let gradient = 0;
    let information = 1e-9;
    for (let c = 0; c < logit.length; c++) {
      const p = sigmoid(slope * logit[c]);
      gradient += (score[c] - p) * logit[c];
      information += p * (1 - p) * logit[c] ** 2;
    }
    const move = Math.max(-0.5, Math.min(0.5, gradient / information));
    slope = Math.max(0.05, slope + move);
    if (Math.abs(move) < 1e-7) break;
  }
  return slope;
}

/** Mean log-loss of logits. */
export function meanLogLossOfLogits({ logit, score }: Omit<HeldOutLogits, 'start'>): number {
  let sum = 0;
  for (let c = 0; c < logit.length; c++) sum += softplus(logit[c]) - score[c] * logit[c];
  return sum / Math.max(1, logit.length);
}
