import { cholesky, choleskySolve } from '../linear-algebra/symmetric-positive.js';
import type { Ability } from '../response-model/response-model.js';
import { dot, sigmoid, softplus } from '../response-model/response-model.js';
import type { AnchorGeometry, SharedAnchor } from './anchor-geometry.js';
import { placeAnchors } from './anchor-geometry.js';
import { estimateAbility } from './estimate-ability.js';

const { abs, sqrt, log, max, min } = Math;

/** One answer of one of the models that are profiled together. */
export interface SharedAnswer {
  readonly model: number;
  readonly anchor: number;
  /** In [0, 1]. */
  readonly score: number;
}

/** One hypothesis of how the map errs: prior variances of a shared level, of a smooth part and of each query. */
export interface Hypothesis {
  readonly slope: number;
  readonly level: number;
  readonly local: number;
  readonly own: number;
}

/** Anchors and their answers, with where the anchors lie. */
export interface SharedAnswers {
  readonly anchors: readonly SharedAnchor[];
  readonly answers: readonly SharedAnswer[];
  readonly priors: readonly Ability[];
  readonly geometry: AnchorGeometry;
}

/** Every few anchors, so that at most `most` remain, with their answers. */
export function thin(problem: SharedAnswers, most: number): SharedAnswers {
  const n = problem.anchors.length;
  if (n <= most) return problem;
  const kept = Array.from({ length: most }, (_, i) => Math.floor((i * n) / most));
  const place = new Map(kept.map((anchor, i) => [anchor, i]));
  const anchors = kept.map((anchor) => problem.anchors[anchor]);
  return {
    anchors,
    answers: problem.answers.flatMap((answer) => {
      const anchor = place.get(answer.anchor);
      return anchor === undefined ? [] : [{ ...answer, anchor }];
    }),
    priors: problem.priors,
    geometry: placeAnchors(anchors),
  };
}

/** Rounds of abilities, then errors: a fixed number, so that hypotheses are compared like for like. */
const ROUNDS = 5;

export interface Settlement {
  /** K⁻¹û. */
  readonly weights: Float64Array;
  /** û: each anchor's own error, smooth part included, and its posterior variance. */
  readonly error: Float64Array;
  readonly errorVariance: Float64Array;
  /** Variance of the smooth part that is left at a query among the anchors. */
  readonly remaining: number;
  /** Log of the Laplace approximation to P(answers | hypothesis), with abilities at their mode. */
  readonly evidence: number;
}

/** Joint mode of abilities and errors under one hypothesis, and its Laplace evidence. */
export function settle(
  { anchors, answers, priors, geometry }: SharedAnswers,
  hypothesis: Hypothesis,
): Settlement {
  const n = anchors.length;
  const { slope, level, local, own } = hypothesis;
  const prior = new Float64Array(n * n);
  for (let i = 0; i < n * n; i++) prior[i] = level + local * geometry.similarity[i];
  for (let i = 0; i < n; i++) prior[i * n + i] += own;
  const base = anchors.map(
    ({ item }) => geometry.center + slope * (item.difficulty - geometry.center),
  );
  const byModel: SharedAnswer[][] = priors.map(() => []);
  for (const answer of answers) byModel[answer.model].push(answer);

  let error = new Float64Array(n);
  let weights = new Float64Array(n);
  const information = new Float64Array(n);
  const gradient = new Float64Array(n);
  let abilities: ArrayLike<number>[] = priors.map(({ mean }) => mean);
  for (let round = 0; round < ROUNDS; round++) {
    abilities = priors.map((belief, model) => {
      const estimate = estimateAbility(
        byModel[model].map(({ anchor, score }) => ({
          item: {
            discrimination: anchors[anchor].item.discrimination,
            difficulty: base[anchor] + error[anchor],
            difficultyVariance: 0,
          },
          score,
        })),
        belief,
      );
      return estimate.mean;
    });
    information.fill(0);
    gradient.fill(0);
    for (const { model, anchor, score } of answers) {
      const z =
        dot(anchors[anchor].item.discrimination, abilities[model]) - base[anchor] - error[anchor];
      const p = sigmoid(z);
      gradient[anchor] += p - score;
      information[anchor] += p * (1 - p);
    }
    // Newton on u: a = b − W^½B⁻¹W^½Kb with b = Wu + ∇, u = Ka (algorithm 3.1).
    const root = information.map((w) => sqrt(w));
    const factor = cholesky(scaledPrior(prior, root), n);
    const target = information.map((w, i) => w * error[i] + gradient[i]);
    const image = multiply(prior, target, n);
    const solved = choleskySolve(
      factor,
      n,
      image.map((value, i) => value * root[i]),
    );
    const fullWeights = target.map((value, i) => value - root[i] * solved[i]);
    const fullError = multiply(prior, fullWeights, n);
    // Damped: no query moves by more than two logits in one round.
    let largest = 0;
    for (let i = 0; i < n; i++) largest = max(largest, abs(fullError[i] - error[i]));
    const step = min(1, 2 / max(largest, 1e-12));
    error = error.map((value, i) => value + step * (fullError[i] - value));
    weights = weights.map((value, i) => value + step * (fullWeights[i] - value));
  }

  const root = information.map((w) => sqrt(w));
  const factor = cholesky(scaledPrior(prior, root), n);
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) logDeterminant += 2 * log(factor[i * n + i]);
  let logLikelihood = 0;
  for (const { model, anchor, score } of answers) {
    const z =
      dot(anchors[anchor].item.discrimination, abilities[model]) - base[anchor] - error[anchor];
    logLikelihood += score * z - softplus(z);
  }
  let abilityLoss = 0;
  for (const [model, { mean, covariance }] of priors.entries()) {
    const dimensions = mean.length;
    const difference = Float64Array.from(mean, (value, k) => abilities[model][k] - value);
    abilityLoss +=
      dot(difference, choleskySolve(cholesky(covariance, dimensions), dimensions, difference)) / 2;
  }
  const evidence = logLikelihood - abilityLoss - dot(weights, error) / 2 - logDeterminant / 2;
  // Smooth part's posterior variance at the anchors, averaged: what is left at a query among them.
  const smooth = level + local;
  let explained = 0;
  const samples = min(n, 40);
  for (let s = 0; s < samples; s++) {
    const i = Math.floor((s * n) / samples);
    const column = Float64Array.from({ length: n }, (_, j) =>
      j === i ? smooth : level + local * geometry.similarity[i * n + j],
    );
    const solved = choleskySolve(
      factor,
      n,
      column.map((value, j) => value * root[j]),
    );
    let sum = 0;
    for (let j = 0; j < n; j++) sum += column[j] * root[j] * solved[j];
    explained += sum / samples;
  }
  return {
    weights,
    error,
    errorVariance: information.map((w) => 1 / (1 / own + w)),
    remaining: max(0, smooth - explained),
    evidence,
  };
}

/** B = I + W^½KW^½. */
function scaledPrior(prior: Float64Array, root: Float64Array): Float64Array {
  const n = root.length;
  const scaled = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      scaled[i * n + j] = (i === j ? 1 : 0) + root[i] * prior[i * n + j] * root[j];
  return scaled;
}

function multiply(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j] * vector[j];
    product[i] = sum;
  }
  return product;
}
