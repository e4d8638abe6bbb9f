import type { AbilityEstimate, DomainCorrection, ItemParameters } from '@zerorouter/latent-space';
import {
  estimateAbility,
  estimateItem,
  fitDomainCorrection,
  ITEM_FREEDOM,
  liesAwayFromHome,
} from '@zerorouter/latent-space';
import type { AnsweringModel, KnownAnchor } from './anchor-answers.js';
import { answeredAnchors, answersTo, standingOf } from './anchor-answers.js';

export interface Refit {
  /** Null where the map stands. */
  readonly correction: DomainCorrection | null;
  /** Every anchor as it is known now: from its answers, or as a query of its domain without any. */
  readonly items: readonly ItemParameters[];
  /** Of each model, under those items. */
  readonly abilities: readonly AbilityEstimate[];
}

/**
 * Refits the map around anchors to what models answered: the pooled correction where the evidence speaks
 * for one, each answered anchor's posterior, and the abilities under them.
 *
 * Nothing counts twice: an anchor's prior is corrected by the answers to the other folds alone, and a
 * model's ability is read off items that its own answers did not move.
 *
 * @param fold of each anchor.
 * @param general how many first dimensions have positive discriminations.
 */
export function refitAnchors(
  anchors: readonly KnownAnchor[],
  models: readonly AnsweringModel[],
  fold: ArrayLike<number>,
  general: number,
): Refit {
  const answered = answeredAnchors(models);
  const correction = fitCorrection(anchors, models);
  const others = new Map<number, DomainCorrection | null>();
  if (correction !== null)
    for (const own of new Set(answered.map((anchor) => fold[anchor]!)))
      others.set(
        own,
        fitCorrection(
          anchors,
          answersTo(models, (anchor) => fold[anchor] !== own),
        ),
      );
  const isAnswered = new Set(answered);
  const priors = anchors.map((anchor, i) =>
    standingOf(anchor, isAnswered.has(i) ? (others.get(fold[i]!) ?? null) : correction),
  );
  const theta = models.map(({ prior, answers }) => {
    const { mean } = estimateAbility(
      answers.map(({ anchor, score }) => ({ item: priors[anchor]!, score })),
      prior,
    );
    return mean;
  });
  const settle = itemSettler(priors, models, theta, general);
  return {
    correction,
    items: anchors.map((_, anchor) => settle(anchor, null)),
    abilities: models.map(({ prior, answers }, model) =>
      estimateAbility(
        answers.map(({ anchor, score }) => ({ item: settle(anchor, model), score })),
        prior,
      ),
    ),
  };
}

/** More anchors than this are thinned: the fit costs their cube, and every query their number. */
const MOST_ANCHORS = 500;

/** The pooled correction of answered anchors; null at home, and where the evidence is for the map. */
function fitCorrection(
  anchors: readonly KnownAnchor[],
  models: readonly AnsweringModel[],
): DomainCorrection | null {
  const answered = answeredAnchors(models);
  const away = answered.filter((anchor) => anchors[anchor]!.known === null);
  if (!liesAwayFromHome(away.length, answered.length)) return null;
  const kept =
    away.length <= MOST_ANCHORS
      ? away
      : Array.from(
          { length: MOST_ANCHORS },
          (_, i) => away[Math.floor((i * away.length) / MOST_ANCHORS)]!,
        );
  const place = new Map(kept.map((anchor, i) => [anchor, i]));
  const fitted = fitDomainCorrection(
    kept.map((anchor) => ({
      item: anchors[anchor]!.predicted,
      embedding: anchors[anchor]!.embedding,
    })),
    models.flatMap(({ answers }, model) =>
      answers.flatMap(({ anchor, score }) => {
        const at = place.get(anchor);
        return at === undefined ? [] : [{ model, anchor: at, score }];
      }),
    ),
    models.map(({ prior }) => prior),
  );
  return fitted?.correction ?? null;
}

/** The bank rounds to four decimals: neither a logarithm nor a precision has a place for 0. */
const LEAST_DISCRIMINATION = 1e-4;
const LEAST_VARIANCE = 1e-4;

/**
 * Each item's maximum a posteriori parameters given the answers to it: of all models, or of all but one.
 * Without any, it stays where it stands.
 */
function itemSettler(
  priors: readonly ItemParameters[],
  models: readonly AnsweringModel[],
  theta: readonly Float64Array[],
  general: number,
): (anchor: number, without: number | null) => ItemParameters {
  const abilities = Float64Array.from(theta.flatMap((mean) => Array.from(mean)));
  const cells: { model: number; score: number }[][] = priors.map(() => []);
  models.forEach(({ answers }, model) => {
    for (const { anchor, score } of answers) cells[anchor]!.push({ model, score });
  });
  return (anchor, without) => {
    const prior = priors[anchor]!;
    const own = cells[anchor]!.filter(({ model }) => model !== without);
    if (own.length === 0) return prior;
    return estimateItem(
      abilities,
      own.map(({ model }) => model),
      own.map(({ score }) => score),
      {
        discrimination: Array.from(prior.discrimination, (value, k) =>
          k < general ? Math.max(LEAST_DISCRIMINATION, value) : value,
        ),
        general,
        ...ITEM_FREEDOM,
        difficulty: prior.difficulty,
        difficultyVariance: Math.max(LEAST_VARIANCE, prior.difficultyVariance),
      },
    );
  };
}
