import { describe, expect, it } from '@jest/globals';
import { drawHoldOuts, planHoldOuts } from './hold-outs.js';

const all = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('planHoldOuts', () => {
  it.each([
    [0, 0],
    [11, 0],
    [12, 1],
    [16, 2],
    [50, 6],
    [200, 25],
  ])('of %i anchors %i are held out', (length, count) => {
    const plan = planHoldOuts(all(300), length, 1);
    expect(plan.anchors).toHaveLength(count);
    const positions = all(length).filter((position) => plan.isHeldOut(position));
    expect(positions).toEqual(all(count).map((i) => 8 * i + 7));
  });

  it('counts hold-outs and chosen anchors consistently', () => {
    const plan = planHoldOuts(all(300), 50, 1);
    let rank = 0;
    for (const position of all(50)) {
      expect(plan.before(position)).toBe(
        all(position).filter((earlier) => plan.isHeldOut(earlier)).length,
      );
      if (!plan.isHeldOut(position)) expect(plan.positionOfChosen(rank++)).toBe(position);
    }
  });

  it('draws every available anchor equally often, and no other', () => {
    const available = all(40).filter((anchor) => anchor % 4 > 0);
    const counts = new Float64Array(40);
    for (let seed = 0; seed < 3_000; seed++) {
      const { anchors } = planHoldOuts(available, 24, seed);
      expect(new Set(anchors).size).toBe(3);
      for (const anchor of anchors) counts[anchor]++;
    }
    // 300 expected each; χ² of 29 degrees has its 99.9th percentile at 58.
    const square = available.reduce((sum, anchor) => sum + (counts[anchor] - 300) ** 2 / 300, 0);
    expect(square).toBeLessThan(58);
    expect(counts.filter((_, anchor) => anchor % 4 === 0).every((count) => count === 0)).toBe(true);
  });
});

describe('drawHoldOuts', () => {
  it('flags an eighth of collected answers, the same for the same seed', () => {
    expect(drawHoldOuts(40, 3).filter(Boolean)).toHaveLength(5);
    expect(drawHoldOuts(40, 3)).toEqual(drawHoldOuts(40, 3));
    expect(drawHoldOuts(40, 4)).not.toEqual(drawHoldOuts(40, 3));
    expect(drawHoldOuts(8, 3)).toEqual(new Array(8).fill(false));
  });
});
