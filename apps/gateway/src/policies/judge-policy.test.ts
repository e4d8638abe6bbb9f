import { describe, expect, it } from '@jest/globals';
import type { StoredDecision } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import { evaluatePolicy, measureOverlap } from '@zerorouter/learning';
import { decideRoute } from '../routing/decide-route.js';
import type { RoutableModel, RouteQuestion } from '../routing/decide-route.js';
import { drawExploration } from '../routing/explore-young.js';
import { decideShadows } from './decide-shadows.js';
import { replayPolicy } from './replay-policy.js';
import type { ReplayedPolicy } from './replay-policy.js';
import { warnOfOverlap } from './warn-of-overlap.js';

const accurate = { accuracy: 1, cost: 0, latency: 0 };
const scales = { costUsd: 0.002, latencyS: 2 };

const model = (name: string, theta: number, variance: number, price: number): RoutableModel => ({
  profile: {
    model: name,
    ability: { mean: [theta], covariance: [variance] },
    length: { offset: 0, offsetVariance: 0, smearing: 1 },
    cost: { kind: 'prices', inputPerMtok: price, outputPerMtok: price },
    latency: null,
  },
  contextWindow: null,
  capabilities: [],
});
const models = [model('dear', 1.5, 0.01, 10), model('young', 1.5, 0.4, 1)];
const available = models.map(({ profile }) => ({ profile, admittedAs: profile.model }));

const question: RouteQuestion = {
  latents: {
    discrimination: [1],
    difficulty: 0,
    difficultyVariance: 0.05,
    logOutputTokens: Math.log(100),
    inputTokens: 1_000,
    familiarity: 1,
  },
  models,
  requires: [],
  weights: accurate,
  policy: 'accurate',
  constraints: {},
  scales,
  explain: false,
};

function record(asked: RouteQuestion): StoredDecision {
  const answer = decideRoute(asked);
  return {
    id: 'dec_1',
    createdAt: new Date(0),
    keyId: null,
    textHash: '',
    spaceVersion: 'v1',
    latents: asked.latents,
    policy: 'accurate',
    weights: asked.weights,
    constraints: asked.constraints,
    candidates: answer.candidates,
    candidatesHash: null,
    profileVersions: { dear: 1, young: 1 },
    model: answer.model,
    reason: answer.reason,
    propensity: answer.propensity,
    budget: null,
    exploration: asked.exploration ?? null,
    overheadMs: 1,
    requestStats: {},
  };
}

/** By cost alone the young model is the best, and dear one is no near tie of it. */
const thrifty = { weights: { accuracy: 0.1, cost: 1, latency: 0 }, constraints: {}, scales };

describe('replayPolicy', () => {
  it('estimates from an explored log what another policy brings', () => {
    const random = seededRandom(12);
    const right = { dear: 0.9, young: 0.4 };
    const replayed = Array.from({ length: 1_500 }, () => {
      const decision = record({ ...question, exploration: drawExploration(0.3, random) });
      const score = random.uniform() < right[decision.model as 'dear' | 'young'] ? 1 : 0;
      return replayPolicy({ decision, score, realisedCostUsd: null }, available, thrifty);
    }) as ReplayedPolicy[];
    const choices = replayed.map(({ choice }) => choice);
    const { candidate, logged } = evaluatePolicy(
      choices,
      replayed.map(({ score }) => score),
    )!;
    expect(candidate.selfNormalised!.value).toBeCloseTo(0.4, 1);
    // The model of the world says 0.8: what was seen corrects it.
    expect(Math.abs(candidate.doublyRobust.value - 0.4)).toBeLessThan(0.1);
    expect(logged.value).toBeCloseTo(0.7 * 0.9 + 0.3 * 0.4, 1);
    const overlap = measureOverlap(choices);
    expect(overlap.meanWeight).toBeCloseTo(1, 0);
    expect(warnOfOverlap(overlap)).toBeNull();
    const cost = evaluatePolicy(
      choices,
      replayed.map(({ costUsd }) => costUsd!),
    )!;
    // 1,100 tokens at $1 a million.
    expect(cost.candidate.doublyRobust.value).toBeCloseTo(0.0011, 6);
  });

  it('takes realised costs, and the candidate’s own weights', () => {
    const decision = record(question);
    const replayed = replayPolicy({ decision, score: 1, realisedCostUsd: 0.004 }, available, {
      ...thrifty,
      weights: { accuracy: 2, cost: 0.5, latency: 0 },
    }) as ReplayedPolicy;
    expect(replayed.choice.propensity).toBe(1);
    expect(replayed.costUsd!.observed).toBe(0.004);
    expect(replayed.utility!.observed).toBeCloseTo(2 - (0.5 * 0.004) / 0.002, 12);
  });

  it('sets aside what cannot be decided or is not known', () => {
    const judged = { decision: record(question), score: 1, realisedCostUsd: null };
    const constraints = { maxCostUsd: 1e-9 };
    expect(replayPolicy(judged, available, { ...thrifty, constraints })).toBe('undecided');
    expect(replayPolicy(judged, available.slice(1), thrifty)).toBe('unknown');
  });

  it('judges the score of a model whose cost nobody knows', () => {
    const unpriced = available.map((model) =>
      model.profile.model === 'dear'
        ? { ...model, profile: { ...model.profile, cost: null } }
        : model,
    );
    const judged = { decision: record(question), score: 1, realisedCostUsd: null };
    expect(judged.decision.model).toBe('dear');
    expect(replayPolicy(judged, unpriced, thrifty)).toMatchObject({
      choice: { propensity: 1, candidateProbability: 0 },
      score: { observed: 1, predicted: expect.any(Number), candidatePredicted: expect.any(Number) },
      costUsd: null,
      utility: null,
    });
  });

  it('warns in words of a log that cannot speak of the candidate', () => {
    const judged = { decision: record(question), score: 1, realisedCostUsd: null };
    expect(judged.decision.model).toBe('dear');
    const replayed = replayPolicy(judged, available, thrifty) as ReplayedPolicy;
    expect(replayed.choice).toEqual({ propensity: 1, candidateProbability: 0 });
    const warning = warnOfOverlap(measureOverlap([replayed.choice]));
    expect(warning).toMatch(/0\.0 decisions/);
    expect(warning).toMatch(/about 0%/);
    expect(warning).toMatch(/every decision of the log was certain/);
    expect(warning).toMatch(/EXPLORATION_SHARE/);
    expect(warnOfOverlap(measureOverlap([]))).toMatch(/no judged decision/);
  });
});

describe('decideShadows', () => {
  const named = (name: string, more: object = {}) => ({
    name,
    weights: accurate,
    constraints: {},
    budget: null,
    shadow: [] as string[],
    ...more,
  });
  const policies = [
    named('main', { shadow: ['min-cost', 'strict', 'gone'] }),
    named('strict', { constraints: { maxCostUsd: 1e-9 } }),
  ];

  it('tells what each would choose on the same query, and null where it finds nothing', () => {
    const explored = { ...question, exploration: { ...drawExploration(1, seededRandom(1)) } };
    const shadows = decideShadows('main', policies, explored, (own) => own)!;
    expect(Object.keys(shadows)).toEqual(['min-cost', 'strict']);
    expect(shadows['strict']).toBeNull();
    const [name, pCorrect, costUsd] = shadows['min-cost']!;
    expect(name).toBe('young');
    expect(pCorrect).toBeGreaterThan(0.5);
    expect(costUsd).toBeCloseTo(0.0011, 9);
  });

  it('has nothing to do for policies without shadows, and for bare weights', () => {
    expect(decideShadows('strict', policies, question, (own) => own)).toBeNull();
    expect(decideShadows({ weights: accurate }, policies, question, (own) => own)).toBeNull();
    expect(decideShadows('balanced', policies, question, (own) => own)).toBeNull();
  });
});
