import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { fitLength, fitLengthPrior } from './fit-length.js';
import { fitLengthLevels } from './length-levels.js';
import type { LengthModel } from './resource-models.js';
import { expectedOutputTokens } from './resource-models.js';

const random = seededRandom(17);

describe('length', () => {
  it('splits lengths into levels and offsets', () => {
    const items = 80;
    const offsets = [-0.5, 0, 0.5];
    const levels = Array.from({ length: items }, () => 5 + random.normal());
    const item: number[] = [];
    const subject: number[] = [];
    const logTokens: number[] = [];
    for (let i = 0; i < items; i++)
      offsets.forEach((offset, s) => {
        item.push(i);
        subject.push(s);
        logTokens.push(i % 7 === 0 && s === 0 ? NaN : levels[i] + offset + 0.1 * random.normal());
      });
    const fit = fitLengthLevels(items, 4, item, subject, logTokens);
    offsets.forEach((offset, s) => expect(fit.subjectOffset[s]).toBeCloseTo(offset, 1));
    expect(fit.subjectOffset[3]).toBeNaN();
    expect(Math.abs(fit.itemLevel[1] - levels[1])).toBeLessThan(0.3);
  });

  it('takes answers that were cut for at least as long', () => {
    const prior = { mean: 0, variance: 0.5, residualVariance: 0.3 };
    const chance = seededRandom(23);
    const levels = Array.from({ length: 600 }, () => 5 + 0.5 * chance.normal());
    const full = levels.map((level) => Math.exp(level + 0.6 + 0.7 * chance.normal()));
    const limit = 400;
    const tokens = full.map((length) => Math.min(limit, length));
    const cut = full.map((length) => length >= limit);
    const share = cut.filter((isCut) => isCut).length / cut.length;
    expect(share).toBeGreaterThan(0.25);

    const naive = fitLength(levels, tokens, prior);
    const fitted = fitLength(levels, tokens, prior, cut);
    expect(naive.offset).toBeLessThan(0.5);
    expect(fitted.offset).toBeCloseTo(0.6, 1);
    expect(Math.abs(fitted.logDeviation! - 0.7)).toBeLessThan(0.06);
    expect(fitted.offsetVariance).toBeGreaterThan(naive.offsetVariance);
    const mean = full.reduce((sum, length) => sum + length, 0) / full.length;
    const predicted = (length: LengthModel) =>
      levels.reduce((sum, level) => sum + Math.exp(level + length.offset) * length.smearing, 0) /
      levels.length;
    expect(predicted(naive) / mean).toBeLessThan(0.85);
    expect(Math.abs(predicted(fitted) / mean - 1)).toBeLessThan(0.1);
  });

  it('is unchanged where nothing was cut, and bounded where everything was', () => {
    const prior = { mean: 0, variance: 0.5, residualVariance: 0.3 };
    const levels = [5, 5.5, 6];
    const tokens = [200, 300, 400];
    expect(fitLength(levels, tokens, prior, [false, false, false])).toEqual(
      fitLength(levels, tokens, prior),
    );
    const all = fitLength(levels, tokens, prior, [true, true, true]);
    expect(all.offset).toBeGreaterThan(fitLength(levels, tokens, prior).offset);
    expect(all.offset).toBeLessThan(2);
    expect(Number.isFinite(all.smearing)).toBe(true);
  });

  it('predicts the mean, not the median, of a skewed length', () => {
    const levels = Array.from({ length: 2000 }, () => 4 + random.normal());
    const tokens = levels.map((level) => Math.exp(level + 0.7 + 0.8 * random.normal()));
    const length = fitLength(levels, tokens, { mean: 0, variance: 0.5, residualVariance: 0.64 });
    expect(length.offset).toBeCloseTo(0.7, 1);
    const predicted = levels.reduce(
      (sum, level) =>
        sum + expectedOutputTokens({ logOutputTokens: level, inputTokens: 1 }, length)!,
      0,
    );
    expect(predicted / tokens.reduce((sum, t) => sum + t, 0)).toBeCloseTo(1, 2);
  });

  it('is the prior without answers', () => {
    const prior = { mean: 0.2, variance: 0.5, residualVariance: 0.4 };
    const length = fitLength([], [], prior);
    expect(length.offset).toBeCloseTo(0.2, 12);
    expect(length.offsetVariance).toBeCloseTo(0.5, 12);
    expect(length.smearing).toBeCloseTo(Math.exp(0.2), 9);
    expect(length.logDeviation).toBeCloseTo(Math.sqrt(0.4), 12);
    expect(fitLength([], [], { ...prior, smearing: 1.7 }).smearing).toBeCloseTo(1.7, 9);
    expect(fitLengthPrior(2, [0, 1], [4, 4], [NaN, NaN])).toBeNull();
  });
});

/** Models whose answers now and then run on for ten times as long: no log-normal. */
function ramblingModels(models: number, answers: number, seed: number) {
  const own = seededRandom(seed);
  const noise = () => 0.3 * own.normal() + (own.uniform() < 0.04 ? Math.log(10) : 0);
  return Array.from({ length: models }, () => {
    const offset = 0.5 * own.normal();
    const draw = (n: number) => {
      const levels = Array.from({ length: n }, () => 4 + 0.6 * own.normal());
      return { levels, tokens: levels.map((level) => Math.exp(level + offset + noise())) };
    };
    return { anchors: draw(answers), later: () => draw(400) };
  });
}

/** Σ predicted ÷ Σ realised tokens. */
function tokenRatio(length: LengthModel, calls: { levels: number[]; tokens: number[] }): number {
  const predicted = calls.levels.reduce(
    (sum, level) => sum + expectedOutputTokens({ logOutputTokens: level, inputTokens: 1 }, length)!,
    0,
  );
  return predicted / calls.tokens.reduce((sum, t) => sum + t, 0);
}

function priorOf(models: ReturnType<typeof ramblingModels>) {
  const cells = models.flatMap(({ anchors }, m) =>
    anchors.levels.map((level, i) => ({ m, level, tokens: anchors.tokens[i] })),
  );
  return fitLengthPrior(
    models.length,
    cells.map(({ m }) => m),
    cells.map(({ level }) => level),
    cells.map(({ tokens }) => Math.log(tokens)),
  )!;
}

describe('length of models with few answers', () => {
  it('learns from other models how lengths spread and are smeared, beyond the log-normal', () => {
    const prior = priorOf(ramblingModels(150, 600, 3));
    const variance = 0.09 + 0.04 * 0.96 * Math.log(10) ** 2;
    expect(Math.abs(prior.variance - 0.25)).toBeLessThan(0.07);
    expect(Math.abs(prior.residualVariance - variance)).toBeLessThan(0.02);
    // E[e^noise] over e^E[noise], of the mixture itself.
    const smearing = Math.exp(0.045) * (0.96 + 0.4) * Math.exp(-0.04 * Math.log(10));
    expect(Math.abs(prior.smearing! / smearing - 1)).toBeLessThan(0.03);
    expect(prior.smearing! / Math.exp(variance / 2)).toBeGreaterThan(1.05);
  });

  it('takes out of the offsets’ spread what few answers add by chance', () => {
    const prior = priorOf(ramblingModels(600, 2, 4));
    expect(Math.abs(prior.variance - 0.25)).toBeLessThan(0.08);
  });

  it('is unbiased with 20 answers, and nearer than the answers alone', () => {
    const prior = priorOf(ramblingModels(150, 600, 5));
    const models = ramblingModels(300, 20, 6);
    const errors = models.map(({ anchors, later }) => {
      const length = fitLength(anchors.levels, anchors.tokens, prior);
      const calls = later();
      const alone = { ...length, smearing: length.smearing / tokenRatio(length, anchors) };
      return { shrunk: tokenRatio(length, calls), alone: tokenRatio(alone, calls) };
    });
    const mean = (of: (error: (typeof errors)[number]) => number) =>
      errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
    expect(Math.abs(mean(({ shrunk }) => shrunk) - 1)).toBeLessThan(0.04);
    expect(mean(({ shrunk }) => Math.abs(Math.log(shrunk)))).toBeLessThan(
      0.9 * mean(({ alone }) => Math.abs(Math.log(alone))),
    );
  });

  it('tells a steady model from an erratic one', () => {
    const prior = { mean: 0, variance: 0.3, residualVariance: 0.25 };
    const levels = Array.from({ length: 300 }, () => 4 + random.normal());
    const fit = (deviation: number, n: number) =>
      fitLength(
        levels.slice(0, n),
        levels.slice(0, n).map((level) => Math.exp(level + deviation * random.normal())),
        prior,
      );
    expect(fit(0.1, 300).logDeviation).toBeCloseTo(0.1, 1);
    expect(Math.abs(fit(1, 300).logDeviation! - 1)).toBeLessThan(0.12);
    // Two answers that agree by chance are no proof.
    expect(fit(0.001, 2).logDeviation).toBeGreaterThan(0.4);
    expect(fit(0.001, 2).smearing).toBeGreaterThan(1.05);
  });
});
