import { softplus } from '../response-model/response-model.js';

/**
 * Area under the ROC curve of `forecasts` for scores above ½, ties counted half (Mann–Whitney).
 * NaN when the scores are all on one side.
 */
export function areaUnderCurve(scores: ArrayLike<number>, forecasts: ArrayLike<number>): number {
  const order = Array.from(forecasts, (_, i) => i).sort((a, b) => forecasts[a] - forecasts[b]);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && forecasts[order[j]] === forecasts[order[i]]) j++;
    const rank = (i + j + 1) / 2;
    for (let k = i; k < j; k++)
      if (scores[order[k]] > 0.5) {
        positives++;
        rankSum += rank;
      }
    i = j;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Mean of −[y log p + (1 − y) log(1 − p)]; scores may be soft. */
export function meanLogLoss(scores: ArrayLike<number>, forecasts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) {
    const logit = Math.log(forecasts[i]) - Math.log1p(-forecasts[i]);
    sum += softplus(logit) - scores[i] * logit;
  }
  return sum / Math.max(1, scores.length);
}

/** Mean squared error of probabilities (Brier 1950). */
export function brierScore(scores: ArrayLike<number>, forecasts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += (scores[i] - forecasts[i]) ** 2;
  return sum / Math.max(1, scores.length);
}
