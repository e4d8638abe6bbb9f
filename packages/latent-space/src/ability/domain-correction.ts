import type { Ability, ItemParameters } from '../response-model/response-model.js';
import type { SharedAnchor } from './anchor-geometry.js';
import {
  cosineBetween,
  directionFrom,
  meanOf,
  placeAnchors,
  similarityAt,
} from './anchor-geometry.js';
import type { Hypothesis, SharedAnswer } from './domain-evidence.js';
import { settle, thin } from './domain-evidence.js';

/** Anchors are at home when the item bank knows at least this share of them. */
const HOME_SHARE = 0.5;

/**
 * Whether anchors lie so far from home that a correction may be tried.
 * @param unknown how many of them the item bank does not know.
 */
export function liesAwayFromHome(unknown: number, anchors: number): boolean {
  return unknown > 0 && unknown > (1 - HOME_SHARE) * anchors;
}

const { max, min } = Math;

export type { SharedAnchor } from './anchor-geometry.js';
export type { SharedAnswer } from './domain-evidence.js';

/**
 * What the anchors say of the difficulty map around them:
 *   d(x) = c + ρ·(d̂(x) − c) + Σ_i w_i·(level + local·k(x, x_i)),
 * k(x, x′) = exp(β(cos(x − m, x′ − m) − 1)), m the anchors' mean embedding.
 */
export interface DomainCorrection {
  /** c: mean of d̂ over the anchors. */
  readonly center: number;
  /** ρ: how much of the predicted differences in difficulty is kept. */
  readonly slope: number;
  readonly level: number;
  readonly local: number;
  /** m, and the unit vectors of the anchors around it, anchors × width row-major. */
  readonly meanEmbedding: Float32Array;
  readonly directions: Float32Array;
  /** w = K⁻¹û. */
  readonly weights: Float64Array;
  /** Var(d) of a query of this domain once it is corrected, logit². */
  readonly difficultyVariance: number;
  /** Cosine to m: at or below `away` a query is of another domain and stays as predicted. */
  readonly reach: readonly [away: number, home: number];
}

/**
 * How far a map may err on a new domain. Found by holding out whole benchmarks of six public sources;
 * which of them holds for the anchors at hand is decided by their evidence.
 */
const AWAY: readonly Hypothesis[] = [
  { slope: 1, level: 2, local: 1, own: 1.5 },
  { slope: 0.5, level: 2, local: 2, own: 1.5 },
  { slope: 0, level: 2, local: 2, own: 1.5 },
  { slope: 0.5, level: 2, local: 0.5, own: 1.5 },
];

/** More anchors than this are thinned for choosing the hypothesis: its cost grows with the cube. */
const EVIDENCE_ANCHORS = 250;

/**
 * Pools the answers of all models of one call into a correction of the predicted difficulty around
 * their anchors: u ~ GP(0, level + local·k) beside each query's own error, abilities beside it, by
 * alternating damped Newton to the joint mode (Rasmussen & Williams 2006, algorithm 3.1). Away from
 * home anchors teach more than θ: the predictor's differences in difficulty may be wrong there, and
 * what one model's answers tell of a query serves all.
 *
 * The predictor's own map is one of the hypotheses. Where its evidence (Laplace approximation) is the
 * best, as it is at home, nothing is corrected and null is returned.
 *
 * @returns the correction, and the anchors themselves as all their answers place them.
 * @param priors of each model's ability, beside `answers[].model`.
 * @throws RangeError when anchors and embeddings disagree in width.
 */
export function fitDomainCorrection(
  anchors: readonly SharedAnchor[],
  answers: readonly SharedAnswer[],
  priors: readonly Ability[],
): { correction: DomainCorrection; anchors: ItemParameters[] } | null {
  if (answers.length === 0) return null;
  const geometry = placeAnchors(anchors);
  const problem = { anchors, answers, priors, geometry };
  const judged = thin(problem, EVIDENCE_ANCHORS);
  const home = meanOf(anchors.map(({ item }) => item.difficultyVariance));
  const asPredicted: Hypothesis = { slope: 1, level: 0, local: 0, own: home };
  let best: Hypothesis | null = null;
  let bestEvidence = settle(judged, asPredicted).evidence;
  for (const hypothesis of AWAY) {
    const { evidence } = settle(judged, hypothesis);
    if (evidence > bestEvidence) {
      best = hypothesis;
      bestEvidence = evidence;
    }
  }
  if (best === null) return null;
  const { center } = geometry;
  const { slope, level, local, own } = best;
  const { weights, error, errorVariance, remaining } = settle(problem, best);
  return {
    correction: {
      center,
      slope,
      level,
      local,
      meanEmbedding: geometry.meanEmbedding,
      directions: geometry.directions,
      weights,
      difficultyVariance: own + remaining,
      reach: geometry.reach,
    },
    anchors: anchors.map(({ item }, i) => ({
      discrimination: item.discrimination,
      difficulty: center + slope * (item.difficulty - center) + error[i],
      difficultyVariance: errorVariance[i],
    })),
  };
}

/**
 * A query of the corrected domain: difficulty moved by what the anchors around it say.
 * @param embedding of the query's text, as the anchors' were.
 */
export function correctItem(
  item: ItemParameters,
  embedding: ArrayLike<number>,
  correction: DomainCorrection,
): ItemParameters {
  const { meanEmbedding, directions, weights, level, local } = correction;
  const width = meanEmbedding.length;
  const [away, home] = correction.reach;
  const nearness = cosineBetween(embedding, meanEmbedding);
  const share = min(1, max(0, (nearness - away) / (home - away)));
  if (share === 0) return item;
  const direction = directionFrom(embedding, meanEmbedding);
  let shift = 0;
  for (let i = 0; i < weights.length; i++) {
    let cosine = 0;
    for (let j = 0; j < width; j++) cosine += direction[j] * directions[i * width + j];
    shift += weights[i] * (level + local * similarityAt(cosine));
  }
  const corrected =
    correction.center + correction.slope * (item.difficulty - correction.center) + shift;
  const blend = (from: number, to: number) => from + share * (to - from);
  return {
    discrimination: item.discrimination,
    difficulty: blend(item.difficulty, corrected),
    difficultyVariance: blend(item.difficultyVariance, correction.difficultyVariance),
  };
}
