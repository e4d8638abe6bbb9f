import { sigmoid } from '../../response-model/response-model.js';

/**
 * One difficulty for all models, one offset a model: P = σ(slope·e(x) + o_m), with e(x) the easiness
 * of the query (a logit of mean scores). The one-dimensional baseline that any latent space must beat.
 */
export interface OffsetModel {
  readonly slope: number;
  readonly offset: Float64Array;
  /** How offsets spread over the fitted models: the prior of the next one. */
  readonly prior: { readonly mean: number; readonly variance: number };
}

/** Answers to queries of known easiness. */
export interface EasinessCells {
  readonly easiness: ArrayLike<number>;
  readonly model: ArrayLike<number>;
  readonly score: ArrayLike<number>;
  readonly models: number;
}

const ROUNDS = 12;
const WEAK_PRIOR = { mean: 0, variance: 9 };

/** Maximum likelihood by turns: each offset given the slope, then one Newton step of the slope. */
export function fitOffsetModel(cells: EasinessCells): OffsetModel {
  const { easiness, model, score, models } = cells;
  const own: number[][] = Array.from({ length: models }, () => []);
  for (let c = 0; c < score.length; c++) own[model[c]].push(c);
  let slope = 1;
  const offset = new Float64Array(models);
  for (let round = 0; round < ROUNDS; round++) {
    for (let m = 0; m < models; m++)
      offset[m] = fitOffset(
        own[m].map((c) => easiness[c]),
        own[m].map((c) => score[c]),
        slope,
        WEAK_PRIOR,
      );
    // A unit prior around 1 keeps the slope where every query is equally easy.
    let gradient = 1 - slope;
    let curvature = 1;
    for (let c = 0; c < score.length; c++) {
      const p = sigmoid(slope * easiness[c] + offset[model[c]]);
      gradient += (score[c] - p) * easiness[c];
      curvature += p * (1 - p) * easiness[c] ** 2;
    }
    slope = Math.max(0, slope + gradient / curvature);
  }
  const fitted = own.flatMap((cellsOfOne, m) => (cellsOfOne.length === 0 ? [] : [offset[m]]));
  const mean = fitted.reduce((sum, value) => sum + value, 0) / Math.max(1, fitted.length);
  const variance =
    fitted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, fitted.length - 1);
  return { slope, offset, prior: { mean, variance: Math.max(0.1, variance) } };
}

/**
 * Offset of one model from its answers, by Newton from the prior's mean: the log posterior is concave
 * in one variable, and a step is cut to 2 so that separable answers cannot throw it. No answer: the
 * prior's mean.
 */
export function fitOffset(
  easiness: ArrayLike<number>,
  score: ArrayLike<number>,
  slope: number,
  prior: { mean: number; variance: number },
): number {
  let offset = prior.mean;
  for (let step = 0; step < 30; step++) {
    let gradient = (prior.mean - offset) / prior.variance;
    let curvature = 1 / prior.variance;
    for (let i = 0; i < score.length; i++) {
      const p = sigmoid(slope * easiness[i] + offset);
      gradient += score[i] - p;
      curvature += p * (1 - p);
    }
    const change = Math.max(-2, Math.min(2, gradient / curvature));
    offset += change;
    if (Math.abs(change) < 1e-9) break;
  }
  return offset;
}
