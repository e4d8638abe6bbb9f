import { describe, expect, it } from '@jest/globals';
import { areaUnderCurve } from '../evaluation/metrics.js';
import { seededRandom } from '../random/seeded-random.js';
import type { CalibratedItems } from './calibrate-items.js';
import { calibrateItems } from './calibrate-items.js';
import type { FittedParameters } from './item-fit.js';
import type { Simulation } from './simulate-outcomes.js';
import { simulateOutcomes } from './simulate-outcomes.js';

const alone = (subjects: number) => Array.from({ length: subjects }, (_, s) => s);

function logits({ layout, abilities, discrimination, difficulty }: FittedParameters): number[] {
  const d = layout.general + layout.facets;
  const all: number[] = [];
  for (let i = 0; i < difficulty.length; i++)
    for (let at = 0; at < abilities.length; at += d) {
      let z = -difficulty[i];
      for (let k = 0; k < d; k++) z += discrimination[i * d + k] * abilities[at + k];
      all.push(z);
    }
  return all;
}

const general = ({ layout, abilities }: FittedParameters) =>
  Array.from({ length: abilities.length / (layout.general + layout.facets) }, (_, s) =>
    Number(abilities[s * (layout.general + layout.facets)]),
  );

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const centre = (values: readonly number[], level = mean(values)) => values.map((v) => v - level);
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  const [u, v] = [centre(x), centre(y)];
  return product(u, v) / Math.sqrt(product(u, u) * product(v, v));
}

function fit(simulation: Simulation, seed = 1): CalibratedItems {
  const { cells, layout } = simulation;
  return calibrateItems({ layout, cells, subjectGroup: alone(cells.subjects) }, seededRandom(seed));
}

describe('calibrateItems', () => {
  it('recovers one dimension from missing cells and soft scores', () => {
    const truth = simulateOutcomes({ general: 1, facets: 0 }, 500, 60, seededRandom(3), {
      observed: 0.6,
      soft: 0.3,
    });
    const fitted = fit(truth);
    expect(correlation(general(fitted), general(truth))).toBeGreaterThan(0.98);
    const z = logits(fitted);
    const known = logits(truth);
    // An item has 36 answers: its logits are known to about 0.55, less than a fifth of their variance.
    expect(correlation(z, known)).toBeGreaterThan(0.95);
    const rootMeanSquare = Math.sqrt(
      z.reduce((sum, value, j) => sum + (value - known[j]) ** 2, 0) / z.length,
    );
    expect(rootMeanSquare).toBeLessThan(0.62);
    expect(fitted.priors.difficultyVariance[0]).toBeGreaterThan(1.8);
    expect(fitted.priors.difficultyVariance[0]).toBeLessThan(2.8);
  });

  it('recovers a general dimension and signed facets, in standard form', () => {
    const truth = simulateOutcomes({ general: 1, facets: 2 }, 600, 80, seededRandom(4));
    const fitted = fit(truth);
    expect(correlation(general(fitted), general(truth))).toBeGreaterThan(0.97);
    expect(correlation(logits(fitted), logits(truth))).toBeGreaterThan(0.9);
    expect(fitted.discrimination.every((alpha, j) => j % 3 !== 0 || alpha > 0)).toBe(true);
    for (let j = 0; j < 3; j++) {
      const column = (k: number) => alone(80).map((s) => fitted.abilities[s * 3 + k]);
      expect(column(j).reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6);
      expect(column(j).reduce((a, b) => a + b * b, 0) / 80).toBeCloseTo(1, 6);
      expect(Math.max(...column(j))).toBeGreaterThan(0);
    }
    const product = (of: Float64Array, width: number, j: number, k: number) =>
      of.reduce((sum, value, at) => (at % width === j ? sum + value * of[at - j + k] : sum), 0);
    expect(product(fitted.abilities, 3, 1, 2) / 80).toBeCloseTo(0, 6);
    expect(product(fitted.discrimination, 3, 1, 2) / 600).toBeCloseTo(0, 6);
    expect(product(fitted.discrimination, 3, 1, 1)).toBeGreaterThanOrEqual(
      product(fitted.discrimination, 3, 2, 2),
    );
  });

  it('says how sure it is: z-scores of abilities about 1', () => {
    const truth = simulateOutcomes({ general: 1, facets: 0 }, 300, 120, seededRandom(5), {
      observed: 0.3,
    });
    const fitted = fit(truth);
    const scores = general(truth);
    const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
    const sd = Math.sqrt(scores.reduce((a, b) => a + (b - mean) ** 2, 0) / scores.length);
    const squares = scores.map(
      (theta, s) => ((theta - mean) / sd - fitted.abilities[s]) ** 2 / fitted.abilityCovariances[s],
    );
    const meanSquare = squares.reduce((a, b) => a + b, 0) / squares.length;
    expect(meanSquare).toBeGreaterThan(0.6);
    expect(meanSquare).toBeLessThan(1.6);
  });

  it('gives the prior to items and subjects without cells', () => {
    const cells = {
      items: 3,
      subjects: 3,
      item: [0, 0, 1, 1],
      subject: [0, 1, 0, 1],
      score: [1, 0, 1, 1],
    };
    const fitted = calibrateItems(
      { layout: { general: 1, facets: 1 }, cells, subjectGroup: [0, 1, 2] },
      seededRandom(1),
    );
    expect(fitted.difficulty[2]).toBeCloseTo(fitted.priors.difficultyMean[0], 2);
    expect(fitted.itemCovariances[2 * 9 + 8]).toBeCloseTo(fitted.priors.difficultyVariance[0], 6);
    expect(fitted.abilityCovariances[2 * 4]).toBeCloseTo(1, 6);
    expect([...fitted.abilities, ...fitted.discrimination].every(Number.isFinite)).toBe(true);
  });

  it('puts sources that share no item on one level through their common models', () => {
    // Source B holds the same models on items two logits harder.
    const truth = simulateOutcomes({ general: 1, facets: 0 }, 400, 30, seededRandom(8), {
      observed: 1,
    });
    const apart = {
      items: 400,
      subjects: 60,
      item: truth.cells.item,
      subject: Array.from(truth.cells.subject, (s, c) => (truth.cells.item[c] < 200 ? s : s + 30)),
      score: truth.cells.score,
    };
    const fitted = calibrateItems(
      {
        layout: truth.layout,
        cells: apart,
        subjectGroup: [...alone(30), ...alone(30)],
        itemGroup: Array.from({ length: 400 }, (_, i) => (i < 200 ? 0 : 1)),
      },
      seededRandom(1),
    );
    const half = (from: number) => general(fitted).slice(from, from + 30);
    expect(correlation(half(0), half(30))).toBeGreaterThan(0.95);
    const gap = half(0).reduce((sum, theta, s) => sum + theta - half(30)[s], 0) / 30;
    expect(Math.abs(gap)).toBeLessThan(0.05);
  });

  it('gives the same numbers for the same seed, and ranks outcomes', () => {
    const truth = simulateOutcomes({ general: 1, facets: 1 }, 80, 20, seededRandom(6));
    const once = fit(truth);
    expect(fit(truth).abilities).toEqual(once.abilities);
    const z = logits(once);
    const { item, subject, score } = truth.cells;
    const forecasts = Array.from(item, (i, c) => z[i * 20 + subject[c]]);
    expect(areaUnderCurve(score, forecasts)).toBeGreaterThan(0.8);
  });

  it('refuses a layout without dimensions', () => {
    const cells = { items: 1, subjects: 1, item: [0], subject: [0], score: [1] };
    expect(() =>
      calibrateItems(
        { layout: { general: 0, facets: 0 }, cells, subjectGroup: [0] },
        seededRandom(1),
      ),
    ).toThrow(/dimensions/);
  });
});
