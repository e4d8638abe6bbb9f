import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../random/seeded-random.js';
import { randomAnchors, stratifiedAnchors } from './select-anchors.js';

const random = seededRandom(23);
const items = Array.from({ length: 600 }, () => ({
  discrimination: [1],
  difficulty: 2 * random.normal(),
  difficultyVariance: 0.3,
}));

describe('random and stratified anchors', () => {
  it('ask each candidate at most once, and no more than there are', () => {
    expect(new Set(randomAnchors(600, 40, random)).size).toBe(40);
    expect(new Set(stratifiedAnchors(items, 40, random)).size).toBe(40);
    expect(randomAnchors(5, 40, random)).toHaveLength(5);
    expect(stratifiedAnchors(items.slice(0, 5), 40, random)).toHaveLength(5);
  });

  it('draw one from each stratum of difficulty of what is not excluded', () => {
    const order = items.map((_, i) => i).sort((a, b) => items[a].difficulty - items[b].difficulty);
    // The harder half is excluded: ten strata of thirty remain.
    const excluded = new Set(order.slice(300));
    const ranks = stratifiedAnchors(items, 10, random, excluded)
      .map((pick) => order.indexOf(pick))
      .sort((a, b) => a - b);
    expect(ranks.map((rank) => Math.floor(rank / 30))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
