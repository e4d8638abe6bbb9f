import { describe, expect, it } from '@jest/globals';
import { colourPoints } from './map-colours.js';
import { bestModel, layOut } from './map-points.js';

const map = {
  space_version: 's',
  decisions: [1, 2, 3].map((n) => ({
    decision_id: `dec_${n}`,
    created_at: '2026-01-01T00:00:00.000Z',
    model: 'a',
    p_correct: 0.5,
    discrimination: [n, -n],
    difficulty: n,
    in_domain: 1,
  })),
  anchors: ['maths', 'law', 'maths'].map((domain, n) => ({
    anchor_id: `q${n}`,
    set: 'core',
    domain,
    discrimination: [0.5, n],
    difficulty: -n,
  })),
  models: [
    { model: 'a', ability: [1, 0] },
    { model: 'b', ability: [0, 1] },
  ],
};

describe('layOut', () => {
  it('places every query and anchor once, with its own figures', () => {
    const { points } = layOut(map);
    expect(points.map(({ key }) => key)).toEqual([
      ...['dec_1', 'dec_2', 'dec_3'],
      ...['core/q0', 'core/q1', 'core/q2'],
    ]);
    expect(points[1]).toMatchObject({ difficulty: 2, domain: null, best: 'a' });
    expect(points[5]).toMatchObject({ difficulty: -2, domain: 'maths', best: 'b' });
    // What lies on one line in the space lies in one order on the map.
    const xs = points.slice(0, 3).map(({ x }) => x);
    expect(Math.sign(xs[1]! - xs[0]!)).toBe(Math.sign(xs[2]! - xs[1]!));
  });
});

describe('bestModel', () => {
  it('is that of the highest logit, or none', () => {
    expect(bestModel(map.models, [0.2, 0.3])).toBe('b');
    expect(bestModel([], [1])).toBeNull();
  });
});

describe('colourPoints', () => {
  const { points } = layOut(map);

  it('gives the most frequent names the first colours and queries none of a domain', () => {
    const { legend, colourOf } = colourPoints(points, 'domain');
    expect(legend.map(({ name }) => name)).toEqual(['maths', 'law', 'queries and other domains']);
    expect(colourOf(points[3]!)).toBe(legend[0]!.colour);
    expect(colourOf(points[0]!)).toBe('var(--zr-muted)');
  });

  it('goes from easy to hard', () => {
    const { legend, colourOf } = colourPoints(points, 'difficulty');
    expect(colourOf(points[5]!)).toBe(legend[0]!.colour);
    expect(colourOf(points[2]!)).toBe(legend[2]!.colour);
  });
});
