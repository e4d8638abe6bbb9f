import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { decideRoute } from './decide-route.js';
import type { RoutableModel, RouteQuestion } from './decide-route.js';
import { drawExploration } from './explore-young.js';

const model = (name: string, theta: number, variance: number): RoutableModel => ({
  profile: {
    model: name,
    ability: { mean: [theta], covariance: [variance] },
    length: { offset: 0, offsetVariance: 0, smearing: 1 },
    cost: { kind: 'prices', inputPerMtok: 1, outputPerMtok: 1 },
    latency: null,
  },
  contextWindow: null,
  capabilities: [],
});

const question: RouteQuestion = {
  latents: {
    discrimination: [1],
    difficulty: 0,
    difficultyVariance: 0.05,
    logOutputTokens: Math.log(100),
    inputTokens: 1_000,
    familiarity: 1,
  },
  models: [
    model('known', 1, 0.01),
    model('known-too', 0.95, 0.01),
    model('young', 1, 0.4),
    model('young-but-weak', -1, 0.4),
  ],
  requires: [],
  weights: { accuracy: 1, cost: 0, latency: 0 },
  policy: 'max-accuracy',
  constraints: {},
  scales: { costUsd: 0.002, latencyS: 2 },
  explain: false,
};

describe('exploration', () => {
  it('goes to young models near the best alone, as often as the propensities say', () => {
    const random = seededRandom(3);
    const draws = 1_000;
    const counts = new Map<string, number>();
    for (let n = 0; n < draws; n++) {
      const answer = decideRoute({ ...question, exploration: drawExploration(0.2, random) });
      counts.set(answer.model, (counts.get(answer.model) ?? 0) + 1);
      expect(answer.propensity).toBe(answer.model === 'young' ? 0.2 : 0.8);
      expect(answer.fallbacks).toEqual(
        ['known', 'known-too', 'young', 'young-but-weak'].filter((name) => name !== answer.model),
      );
      expect(answer.candidates.map(({ model: name }) => name)[0]).toBe('known');
      expect(/^exploration: .* probability 0\.200 /.test(answer.reason)).toBe(
        answer.model === 'young',
      );
    }
    expect([...counts.keys()].sort()).toEqual(['known', 'young']);
    expect(Math.abs(counts.get('young')! / draws - 0.2)).toBeLessThan(0.04);
  });

  it('never goes to what is excluded', () => {
    const exploration = { ...drawExploration(1, seededRandom(1)), draw: 0 };
    const choose = (more: Partial<RouteQuestion>) =>
      decideRoute({ ...question, exploration, ...more });
    expect(choose({}).model).toBe('young');
    expect(choose({ admitted: [true, true, false, true] }).model).toBe('known');
    expect(choose({ constraints: { minAccuracy: 0.6 } })).toMatchObject({
      model: 'known',
      propensity: 1,
    });
  });
});
