import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { chooseDimensions } from './choose-dimensions.js';
import { dealCells, sampleItems } from './held-out-cells.js';
import { simulateOutcomes } from './simulate-outcomes.js';

const alone = (subjects: number) => Array.from({ length: subjects }, (_, s) => s);

describe('chooseDimensions', () => {
  it.each([1, 3])('recovers %i dimensions exactly when they are clear', (dimensions) => {
    const random = seededRandom(dimensions);
    const layout = { general: 1, facets: dimensions - 1 };
    const { cells } = simulateOutcomes(layout, 250, 50, random, {
      observed: 0.6,
      facetVariance: 1.2,
    });
    const choice = chooseDimensions({ cells, subjectGroup: alone(50) }, random, {
      candidates: [5, 1, 2, 3],
      heldOutFolds: 1,
      calibration: { maxSweeps: 25 },
    });
    expect(choice.dimensions).toBe(dimensions);
    expect(choice.candidates.map((candidate) => candidate.dimensions)).toEqual([1, 2, 3, 5]);
    expect(Math.min(...choice.candidates.map(({ difference }) => difference))).toBe(0);
  });

  it('leaves out what few subjects cannot show, and refuses what cannot be held out', () => {
    const random = seededRandom(1);
    const { cells } = simulateOutcomes({ general: 1, facets: 0 }, 20, 7, random, { observed: 1 });
    const data = { cells, subjectGroup: alone(7) };
    const { candidates } = chooseDimensions(data, random, { calibration: { maxSweeps: 5 } });
    expect(candidates.map(({ dimensions }) => dimensions)).toEqual([1, 2]);
    expect(() => chooseDimensions(data, random, { candidates: [3] })).toThrow(/\[3\].*7 subjects/);
    const single = { items: 2, subjects: 2, item: [0, 1], subject: [0, 1], score: [1, 0] };
    expect(() =>
      chooseDimensions({ cells: single, subjectGroup: [0, 1] }, random, { candidates: [1] }),
    ).toThrow(/held out/);
  });
});

describe('held-out cells', () => {
  it('are dealt evenly within every item, and an only cell is kept', () => {
    const random = seededRandom(4);
    const { cells } = simulateOutcomes({ general: 1, facets: 0 }, 30, 23, random);
    const withLoner = {
      ...cells,
      items: 31,
      item: [...Array.from(cells.item), 30],
      subject: [...Array.from(cells.subject), 0],
      score: [...Array.from(cells.score), 1],
    };
    const fold = dealCells(withLoner, 5, random);
    expect(fold.at(-1)).toBe(-1);
    for (let i = 0; i < 30; i++) {
      const counts = [0, 0, 0, 0, 0];
      withLoner.item.forEach((item, c) => {
        if (item === i) counts[fold[c]]++;
      });
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it('come from sampled items that keep their own cells', () => {
    const { cells } = simulateOutcomes({ general: 1, facets: 0 }, 40, 6, seededRandom(2));
    const sample = sampleItems(cells, 10, seededRandom(3));
    expect(sample.items).toHaveLength(10);
    const scores = (of: typeof cells, item: number) =>
      Array.from(of.item).flatMap((i, c) =>
        i === item ? [`${of.subject[c]}:${of.score[c]}`] : [],
      );
    sample.items.forEach((item, i) => expect(scores(sample.cells, i)).toEqual(scores(cells, item)));
  });
});
