import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { sigmoid } from '../response-model/response-model.js';
import { reportItemFit } from './fit-report.js';
import { isNegative, itemFits } from './item-fit.js';
import { subjectFits } from './person-fit.js';
import { simulateOutcomes } from './simulate-outcomes.js';

const layout = { general: 1, facets: 1 };

describe('fit of items', () => {
  it('is one when the model is true, and sees noise and a negative slope', () => {
    const random = seededRandom(11);
    const truth = simulateOutcomes(layout, 400, 60, random, { observed: 1, facetVariance: 0.4 });
    // Items 0–39 are failed by better models; items 40–79 are answered by the toss of a coin.
    const score = Array.from(truth.cells.score, (value, c) => {
      const item = truth.cells.item[c];
      const theta = truth.abilities[truth.cells.subject[c] * 2];
      if (item < 40) return random.uniform() < sigmoid(-theta) ? 1 : 0;
      return item < 80 ? Math.round(random.uniform()) : value;
    });
    const fits = itemFits({ ...truth.cells, score }, truth);
    const negative = fits.map((fit) => isNegative(fit, 2));
    const share = (from: number, to: number) =>
      negative.slice(from, to).filter(Boolean).length / (to - from);
    expect(share(0, 40)).toBeGreaterThan(0.8);
    // A slope of 0 lies two standard errors below 0 in 2% of items, a positive one hardly ever.
    expect(share(40, 80)).toBeLessThan(0.1);
    expect(share(80, 400)).toBeLessThan(0.005);
    const mean = (from: number, to: number, of: 'infit' | 'outfit' | 'pointBiserial') =>
      fits.slice(from, to).reduce((sum, fit) => sum + fit[of]! / (to - from), 0);
    expect(mean(80, 400, 'infit')).toBeCloseTo(1, 1);
    expect(Math.abs(mean(80, 400, 'outfit') - 1)).toBeLessThan(0.15);
    expect(mean(40, 80, 'infit')).toBeGreaterThan(1.2);
    expect(mean(80, 400, 'pointBiserial')).toBeGreaterThan(0.3);
    expect(mean(0, 40, 'pointBiserial')).toBeLessThan(-0.2);

    const report = reportItemFit(fits, (item) => (item < 40 ? 'bad' : 'good'), 2);
    expect(report.bySource['bad'].negativeShare).toBe(share(0, 40));
    expect(report.all.items).toBe(400);
    expect(report.all.negative).toBe(negative.filter(Boolean).length);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('is the hand-computed mean square for two answers', () => {
    const cells = { items: 2, subjects: 2, item: [0, 0], subject: [0, 1], score: [1, 1] };
    const fitted = {
      layout: { general: 1, facets: 0 },
      abilities: [0, Math.log(3)],
      discrimination: [1, 1],
      difficulty: [0, 0],
    };
    // p = ½ and ¾: residuals ½ and ¼, variances ¼ and 3/16.
    const [fit, none] = itemFits(cells, fitted);
    expect(fit.infit).toBeCloseTo((1 / 4 + 1 / 16) / (1 / 4 + 3 / 16), 12);
    expect(fit.outfit).toBeCloseTo((1 + 1 / 3) / 2, 12);
    expect(fit.pointBiserial).toBeNull();
    expect(none).toMatchObject({ answers: 0, infit: null, slope: null });
    expect(isNegative(none, 2)).toBe(false);
    const [certain, likely] = subjectFits(cells, fitted);
    // p = ½ has no information about surprise; p = ¾ scored 1: ¼·log 3/√(3/16·log²3).
    expect(certain.lz).toBeNull();
    expect(likely.lz).toBeCloseTo(0.25 / Math.sqrt(3 / 16), 12);
  });
});

describe('fit of subjects', () => {
  it('is about standard normal for true subjects, and far below 0 for one that guesses', () => {
    const random = seededRandom(12);
    const truth = simulateOutcomes(layout, 500, 50, random, { observed: 1 });
    const score = Array.from(truth.cells.score, (value, c) =>
      truth.cells.subject[c] === 0 ? Math.round(random.uniform()) : value,
    );
    const [guesser, ...rest] = subjectFits({ ...truth.cells, score }, truth);
    expect(guesser.lz).toBeLessThan(-5);
    expect(guesser.infit).toBeGreaterThan(1.3);
    const mean = rest.reduce((sum, fit) => sum + fit.lz!, 0) / rest.length;
    const variance = rest.reduce((sum, fit) => sum + (fit.lz! - mean) ** 2, 0) / rest.length;
    expect(Math.abs(mean)).toBeLessThan(0.5);
    expect(variance).toBeGreaterThan(0.5);
    expect(variance).toBeLessThan(2);
  });
});
