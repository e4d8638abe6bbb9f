import { describe, expect, it } from '@jest/globals';
import { estimateAbility, estimateItem, seededRandom, sigmoid } from '@zerorouter/latent-space';
import type { AnsweringModel, KnownAnchor } from './anchor-answers.js';
import { answersTo, standingOf } from './anchor-answers.js';
import { drawFolds, forecastHeldOut, judgeForecasts } from './judge-refit.js';
import { refitAnchors } from './refit-anchors.js';

const WIDTH = 8;
const PRIOR = { mean: [0], covariance: [1] };
const FLAT = { discrimination: [1], difficulty: 0, difficultyVariance: 0.5 };

/** Two kinds of query that the predictor cannot tell apart: the even ones are hard, the odd ones easy. */
function newDomain(seed: number, count = 80): { anchors: KnownAnchor[]; difficulty: number[] } {
  const random = seededRandom(seed);
  const anchors = Array.from({ length: count }, (_, i) => ({
    known: null,
    predicted: FLAT,
    embedding: Float32Array.from(
      { length: WIDTH },
      (_, k) => 0.3 * random.normal() + (k === 0 ? 2 : k === 1 + (i % 2) ? 1 : 0),
    ),
  }));
  return {
    anchors,
    difficulty: anchors.map((_, i) => (i % 2 === 0 ? 2 : -1) + 0.3 * random.normal()),
  };
}

function answering(seed: number, difficulty: readonly number[], count = 6): AnsweringModel[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, m) => ({
    prior: PRIOR,
    answers: difficulty.map((d, anchor) => ({
      anchor,
      score: random.uniform() < sigmoid((m - 2.5) / 2 - d) ? 1 : 0,
    })),
  }));
}

const flipped = (models: readonly AnsweringModel[], admits: (anchor: number) => boolean) =>
  models.map(({ prior, answers }) => ({
    prior,
    answers: answers.map(({ anchor, score }) => ({
      anchor,
      score: admits(anchor) ? 1 - score : score,
    })),
  }));

const { anchors, difficulty } = newDomain(1);
const models = answering(2, difficulty);
const fold = drawFolds(anchors.length, seededRandom(3));

describe('folds of anchors', () => {
  it('are of equal sizes', () => {
    const sizes = [0, 1, 2, 3, 4].map((own) => fold.filter((f) => f === own).length);
    expect(sizes).toEqual([16, 16, 16, 16, 16]);
  });

  it('are forecast without any of their own answers', () => {
    const forecasts = forecastHeldOut(anchors, models, fold, 1);
    const spoilt = forecastHeldOut(
      anchors,
      flipped(models, (anchor) => fold[anchor] === 0),
      fold,
      1,
    );
    const part = (of: typeof forecasts, own: boolean) =>
      of
        .filter(({ anchor }) => (fold[anchor] === 0) === own)
        .map(({ before, after }) => [before, after]);
    expect(part(forecasts, true)).toHaveLength(16 * models.length);
    expect(part(spoilt, true)).toEqual(part(forecasts, true));
    expect(part(spoilt, false)).not.toEqual(part(forecasts, false));
  });
});

describe('a refit away from home', () => {
  it('forecasts held-out answers better, beyond chance', () => {
    const figures = judgeForecasts(forecastHeldOut(anchors, models, fold, 1), seededRandom(4));
    expect(figures).toMatchObject({ models: 6, anchors: 80, answers: 480, folds: 5 });
    expect(figures.after.logLoss).toBeLessThan(figures.before.logLoss - 0.05);
    expect(figures.change.logLoss.interval![1]).toBeLessThan(0);
    expect(figures.after.auc!).toBeGreaterThan(figures.before.auc! + 0.1);
    expect(figures.change.auc!.interval![0]).toBeGreaterThan(0);
  });

  it('recovers the difficulties and the abilities', () => {
    const { correction, items, abilities } = refitAnchors(anchors, models, fold, 1);
    expect(correction).not.toBeNull();
    const error = (of: (anchor: number) => number) =>
      Math.sqrt(difficulty.reduce((sum, d, i) => sum + (of(i) - d) ** 2, 0) / difficulty.length);
    expect(error(() => FLAT.difficulty)).toBeGreaterThan(1.4);
    expect(error((i) => items[i]!.difficulty)).toBeLessThan(0.8);
    const theta = abilities.map(({ mean }) => mean[0]!);
    expect(theta[5]! - theta[0]!).toBeGreaterThan(1.5);
  });

  it('places an anchor by its answers, from where those to other folds put it', () => {
    const { items } = refitAnchors(anchors, models, fold, 1);
    const without = [0, 1, 2, 3, 4].map(
      (own) =>
        refitAnchors(
          anchors,
          answersTo(models, (anchor) => fold[anchor] !== own),
          fold,
          1,
        ).correction,
    );
    const priors = anchors.map((anchor, i) => standingOf(anchor, without[fold[i]!]!));
    const theta = models.map(({ prior, answers }) =>
      estimateAbility(
        answers.map(({ anchor, score }) => ({ item: priors[anchor]!, score })),
        prior,
      ),
    );
    const expected = estimateItem(
      Float64Array.from(theta, ({ mean }) => mean[0]!),
      models.map((_, model) => model),
      models.map(({ answers }) => answers[0]!.score),
      { ...priors[0]!, general: 1, logDiscriminationVariance: 0.1, facetVariance: 0.05 },
    );
    expect(items[0]!.difficulty).toBeCloseTo(expected.difficulty, 6);
  });

  it('moves an anchor that nobody answered by its neighbours alone', () => {
    const some = models.map(({ prior, answers }) => ({ prior, answers: answers.slice(2) }));
    const { correction, items } = refitAnchors(anchors, some, fold, 1);
    expect(items[0]).toEqual(standingOf(anchors[0]!, correction));
    expect(items[0]!.difficulty).toBeGreaterThan(0.5);
    expect(items[1]!.difficulty).toBeLessThan(items[0]!.difficulty - 1);
  });
});

describe('a refit at home', () => {
  const home = anchors.map((anchor, i) => ({
    ...anchor,
    known: { discrimination: [1], difficulty: difficulty[i]!, difficultyVariance: 0.05 },
  }));

  it('corrects no map that the item bank stands for', () => {
    const { correction, items } = refitAnchors(home, models, fold, 1);
    expect(correction).toBeNull();
    items.forEach((item, i) => expect(Math.abs(item.difficulty - difficulty[i]!)).toBeLessThan(1));
  });

  it('corrects none either where the bank holds the most of the anchors', () => {
    const mostly = home.map((anchor, i) => (i < 50 ? anchor : anchors[i]!));
    expect(refitAnchors(mostly, models, fold, 1).correction).toBeNull();
    const others = answersTo(models, (anchor) => anchor >= 50);
    expect(refitAnchors(mostly, others, fold, 1).correction).not.toBeNull();
  });

  it('reads an ability off items that the model itself did not move', () => {
    const alone = models.map(({ prior, answers }, m) => ({
      prior,
      answers: answers.filter(({ anchor }) => anchor % 6 === m),
    }));
    const { items, abilities } = refitAnchors(home, alone, fold, 1);
    alone.forEach(({ answers }, m) => {
      const expected = estimateAbility(
        answers.map(({ anchor, score }) => ({ item: home[anchor]!.known, score })),
        PRIOR,
      );
      expect(abilities[m]!.mean).toEqual(expected.mean);
    });
    expect(items[0]!.difficulty).not.toBeCloseTo(home[0]!.known.difficulty, 4);
  });

  it('takes discriminations of 0, as a bank rounds them', () => {
    const zero = home.map((anchor) => ({
      ...anchor,
      known: { ...anchor.known, discrimination: [0], difficultyVariance: 0 },
    }));
    const { items, abilities } = refitAnchors(zero, models, fold, 1);
    for (const { difficulty: d, discrimination } of items)
      expect([d, discrimination[0]].every(Number.isFinite)).toBe(true);
    for (const { mean } of abilities) expect(Number.isFinite(mean[0])).toBe(true);
  });
});
