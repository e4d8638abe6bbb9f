import { describe, expect, it } from '@jest/globals';
import { fromPosition, presetOf, PRESETS, toPosition } from './policy-weights.js';
import { choose, merit, switchPoints, unitTerms } from './rerank.js';

const unit = (model: string, p: number, cost: number, latency: number) => ({
  model,
  terms: { accuracy: p, cost: -cost, latency: -latency },
  toll: 0,
});
const strong = unit('strong', 0.9, 10, 2);
const cheap = unit('cheap', 0.6, 1, 1);
const fast = unit('fast', 0.5, 4, 0.1);
const units = [strong, cheap, fast];

describe('choose', () => {
  it('follows the weights', () => {
    expect(choose(units, PRESETS['max-accuracy']!)).toBe('strong');
    expect(choose(units, PRESETS['min-cost']!)).toBe('cheap');
    expect(choose(units, PRESETS['min-latency']!)).toBe('fast');
    expect(choose([], PRESETS['balanced']!)).toBeNull();
  });
});

describe('switchPoints', () => {
  it('finds the weight where two lines cross, and the choice does change there', () => {
    const weights = { accuracy: 1, cost: 0.01, latency: 0 };
    const points = switchPoints(units, weights);
    // 0.9 − 10w = 0.6 − w at w = 0.3/9.
    const dearer = points.find(({ objective, to }) => objective === 'cost' && to > 0.01);
    expect(dearer).toMatchObject({ model: 'cheap', from: 0.01 });
    expect(dearer!.to).toBeCloseTo(0.3 / 9, 12);
    for (const { objective, from, to, model } of points) {
      const beyond = { ...weights, [objective]: to + (to - from) * 1e-6 };
      const short = { ...weights, [objective]: to - (to - from) * 1e-6 };
      expect(choose(units, beyond)).toBe(model);
      expect(choose(units, short)).toBe('strong');
    }
  });
});

describe('unitTerms', () => {
  const weights = { accuracy: 1, cost: 0.05, latency: 0.02 };
  const candidate = (model: string, cost_usd: number | null) =>
    ({ model, cost_usd, p_correct: 0.5 }) as never;
  const explained = (model: string, cost: number) => ({
    model,
    utility_terms: { accuracy: 0.5, cost: 0.05 * -cost, latency: -0.02 },
  });
  const answer = {
    candidates: [candidate('a', 0.003), candidate('b', null), candidate('out', 1)],
    explanation: {
      candidates: [explained('a', 3), explained('b', 2), { model: 'out', utility_terms: null }],
    },
  } as never;

  it('undoes the weights and leaves the excluded out', () => {
    const [a, b, ...rest] = unitTerms(answer, weights)!;
    expect(rest).toEqual([]);
    expect(a).toMatchObject({ model: 'a', terms: { accuracy: 0.5, latency: -1 } });
    expect(a!.terms.cost).toBeCloseTo(-3, 12);
    expect(a!.toll).toBeCloseTo(0.002 * 0.75, 12);
    expect(b!.toll).toBe(0);
    expect(merit(a!, weights)).toBeCloseTo(0.5 - 0.15 - 0.02 - 0.0015, 12);
  });

  it('cannot where a weight is 0', () => {
    expect(unitTerms(answer, { ...weights, latency: 0 })).toBeNull();
  });
});

describe('the sliders', () => {
  it('go there and back, and know the presets', () => {
    for (const objective of ['accuracy', 'cost', 'latency'] as const)
      expect(fromPosition(objective, toPosition(objective, 0.05))).toBeCloseTo(0.05, 12);
    expect(presetOf({ accuracy: 1, cost: 0.05, latency: 0.02 })).toBe('balanced');
    expect(presetOf({ accuracy: 1, cost: 0.06, latency: 0.02 })).toBeNull();
  });
});
