import { describe, expect, it } from '@jest/globals';
import { averageLinkage } from './average-linkage.js';

describe('averageLinkage', () => {
  // 0 and 2 are alike, 1 and 3 are alike, 4 is a little like 1 and 3.
  const similarity = [
    [1, 0, 0.9, 0, 0],
    [0, 1, 0, 0.8, 0.4],
    [0.9, 0, 1, 0, 0.1],
    [0, 0.8, 0, 1, 0.2],
    [0, 0.4, 0.1, 0.2, 1],
  ].flat();

  it('joins the most alike first, by the mean over pairs', () => {
    expect(Array.from(averageLinkage(similarity, 4))).toEqual([0, 1, 0, 2, 3]);
    expect(Array.from(averageLinkage(similarity, 3))).toEqual([0, 1, 0, 1, 2]);
    expect(Array.from(averageLinkage(similarity, 2))).toEqual([0, 1, 0, 1, 1]);
  });

  it('leaves all apart, or joins all', () => {
    expect(Array.from(averageLinkage(similarity, 9))).toEqual([0, 1, 2, 3, 4]);
    expect(Array.from(averageLinkage(similarity, 1))).toEqual([0, 0, 0, 0, 0]);
  });
});
