import { describe, expect, it } from '@jest/globals';
import type { AnchorDesign } from '@zerorouter/latent-space';
import { expectedAccuracy, seededRandom, sigmoid } from '@zerorouter/latent-space';
import { askAnchors } from './ask-anchors.js';

const random = seededRandom(12);
const items = Array.from({ length: 1200 }, () => ({
  discrimination: Array.from({ length: 9 }, (_, k) =>
    k === 0 ? 1.3 * Math.exp(0.3 * random.normal()) : 0.4 * random.normal(),
  ),
  difficulty: 1.5 * random.normal(),
  difficultyVariance: 0.4,
}));
const scores = items.map((item) =>
  random.uniform() < sigmoid(item.discrimination[0]! * 0.5 - item.difficulty) ? 1 : 0,
);
const prior = {
  mean: new Array<number>(9).fill(0),
  covariance: Array.from({ length: 81 }, (_, at) => (at % 10 === 0 ? 0.3 : 0)),
};
const DESIGNS: AnchorDesign[] = ['adaptive', 'log-det', 'stratified', 'random'];

function run(design: AnchorDesign, targetDeviation: number | null, most = 50, seed = 1) {
  const read: number[] = [];
  const result = askAnchors(
    items,
    prior,
    design,
    { most, targetDeviation },
    seededRandom(seed),
    (i) => {
      read.push(i);
      return i % 10 === 0 ? null : scores[i]!;
    },
  );
  return { ...result, read };
}

describe.each(DESIGNS)('askAnchors, %s', (design) => {
  it('reads the outcomes of the anchors it asked, once each, and keeps those with a score', () => {
    const { asked, answers, read } = run(design, null);
    expect(read).toEqual(asked);
    expect(new Set(asked).size).toBe(50);
    expect(answers).toEqual(
      asked.filter((i) => i % 10 > 0).map((query) => ({ query, score: scores[query] })),
    );
  });

  it('asks the same for the same seed, and other ones for another', () => {
    expect(run(design, null)).toEqual(run(design, null));
    expect(run(design, null, 50, 2).asked).not.toEqual(run(design, null).asked);
  });

  it('stops once accuracy is known as well as was wanted, and not before', () => {
    const { asked, answers } = run(design, 0.06, 400);
    expect(asked.length).toBeLessThan(200);
    expect(expectedAccuracy(prior, items, answers).standardDeviation).toBeLessThanOrEqual(0.06);
    const before = answers.slice(0, answers.length - 12);
    expect(expectedAccuracy(prior, items, before).standardDeviation).toBeGreaterThan(0.06);
  });

  it('asks nothing where the prior is sure enough, and all it may where the target is out of reach', () => {
    expect(run(design, 0.9).asked).toEqual([]);
    expect(run(design, 1e-6, 30).asked).toHaveLength(30);
  });
});
