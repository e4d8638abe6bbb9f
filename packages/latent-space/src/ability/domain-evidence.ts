import { cholesky, choleskySolve } from '../linear-algebra/symmetric-positive.js';
import type { Ability, ItemParameters } from '../response-model/response-model.js';
import { dot, sigmoid, softplus } from '../response-model/response-model.js';
import { estimateAbility } from './estimate-ability.js';

const { abs, exp, sqrt, log, max, min } = Math;

/** An anchor that several models may have answered. */
export interface SharedAnchor {
  /** As the predictor places it. */
  readonly item: ItemParameters;
  /** Embedding of its text, any scale. */
  readonly embedding: ArrayLike<number>;
}

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
  readonly geometry: Geometry;
}

export interface Geometry {
  readonly center: number;
  readonly meanEmbedding: Float32Array;
  readonly directions: Float32Array;
  /** Cosine to the mean embedding: of another domain below the first, of this one above the second. */
  readonly reach: readonly [away: number, home: number];
  /** k between anchors, row-major. */
  readonly similarity: Float64Array;
}

/** β: how quickly neighbours forget each other. */
const SHARPNESS = 2;

/** The share of anchors that lie farther out than "of this domain", and the least width of its edge. */
const HOME_QUANTILE = 0.1;
const LEAST_SPREAD = 0.05;

/** k(x, x′) = exp(β(cos − 1)). */
export function similarityAt(cosine: number): number {
  return exp(SHARPNESS * (cosine - 1));
}

export function placeAnchors(anchors: readonly SharedAnchor[]): Geometry {
  const width = anchors[0].embedding.length;
  const meanEmbedding = new Float32Array(width);
  for (const { embedding } of anchors) {
    if (embedding.length !== width)
      throw new RangeError(`an embedding has ${embedding.length} coordinates, another ${width}`);
    const unit = directionFrom(embedding, null);
    for (let j = 0; j < width; j++) meanEmbedding[j] += unit[j] / anchors.length;
  }
  const directions = new Float32Array(anchors.length * width);
  anchors.forEach(({ embedding }, i) =>
    directions.set(directionFrom(embedding, meanEmbedding), i * width),
  );
  const n = anchors.length;
  const similarity = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let cosine = 0;
      for (let k = 0; k < width; k++)
        cosine += directions[i * width + k] * directions[j * width + k];
      similarity[i * n + j] = similarity[j * n + i] = similarityAt(cosine);
    }
  const center = meanOf(anchors.map(({ item }) => item.difficulty));
  const nearness = anchors
    .map(({ embedding }) => cosineBetween(embedding, meanEmbedding))
    .sort((a, b) => a - b);
  const home = nearness[Math.floor(HOME_QUANTILE * n)];
  const spread = max(LEAST_SPREAD, nearness[n >> 1] - home);
  return { center, meanEmbedding, directions, similarity, reach: [home - 2 * spread, home] };
}

/** Cosine between two vectors; 0 where one of them has no length. */
export function cosineBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let j = 0; j < a.length; j++) {
    ab += a[j] * b[j];
    aa += a[j] * a[j];
    bb += b[j] * b[j];
  }
  return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : 0;
}

/** Unit vector of an embedding, or of its difference to `origin`; zeros where there is none. */
export function directionFrom(
  embedding: ArrayLike<number>,
  origin: Float32Array | null,
): Float32Array {
  let norm = 0;
  for (let j = 0; j < embedding.length; j++) norm += embedding[j] ** 2;
  const scale = norm > 0 ? 1 / sqrt(norm) : 0;
  const direction = Float32Array.from(
    { length: embedding.length },
    (_, j) => embedding[j] * scale - (origin === null ? 0 : origin[j]),
  );
  norm = 0;
  for (const value of direction) norm += value * value;
  // The only anchor is its own mean: it has no direction.
  if (norm < 1e-12) return direction.fill(0);
  return direction.map((value) => value / sqrt(norm));
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

const ROUNDS = 5;

export interface Settlement {
  /** K⁻¹û. */
  readonly weights: Float64Array;
  /** û: each anchor's own error, smooth part included, and its posterior variance. */
  readonly error: Float64Array;
  readonly errorVariance: Float64Array;
  /** Variance of the smooth part that is left at a query among the anchors. */
  readonly remaining: number;
  /** Log of the Laplace approximation to P(answers | hypothesis), up to a constant. */
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
  let abilityLoss = 0;
  for (let round = 0; round < ROUNDS; round++) {
    abilityLoss = 0;
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

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
