import { describe, expect, it } from '@jest/globals';
import { decideRoute } from './decide-route.js';
import type { RoutableModel, RouteQuestion } from './decide-route.js';
import { priceOfWeights, weightsAtPrice } from './decide-within-budget.js';

function model(name: string, theta: number, usdPerMtok: number | null): RoutableModel {
  return {
    profile: {
      model: name,
      ability: { mean: [theta, 0.5 * theta], covariance: [0.1, 0, 0, 0.2] },
      length: { offset: 0, offsetVariance: 0, smearing: 1 },
      cost:
        usdPerMtok === null
          ? null
          : { kind: 'prices', inputPerMtok: usdPerMtok, outputPerMtok: 4 * usdPerMtok },
      latency: { base: 0.5, perInputToken: 0, perOutputToken: 0.01, p95Ratio: 2 },
    },
    contextWindow: 8_000,
    capabilities: [],
  };
}

const question: RouteQuestion = {
  latents: {
    discrimination: [1.2, 0.4],
    difficulty: 0.3,
    difficultyVariance: 0.05,
    logOutputTokens: Math.log(100),
    inputTokens: 1_000,
    familiarity: 1,
  },
  models: [model('weak', -1, 0.1), model('strong', 2, 10), model('unknown-price', 0, null)],
  requires: [],
  weights: { accuracy: 1, cost: 0, latency: 0 },
  policy: 'max-accuracy',
  constraints: {},
  scales: { costUsd: 0.002, latencyS: 2 },
  explain: true,
};

const names = (candidates: { model: string }[]) => candidates.map((candidate) => candidate.model);

it('converts between weights and a price', () => {
  const { scales } = question;
  expect(priceOfWeights({ accuracy: 2, cost: 0.5, latency: 1 }, scales)).toBe(125);
  expect(weightsAtPrice(125, scales)).toEqual({ accuracy: 1, cost: 0.25, latency: 0 });
  // The ratio of `balanced`.
  expect(priceOfWeights({ accuracy: 1, cost: 0, latency: 1 }, scales)).toBe(25);
  expect(priceOfWeights({ accuracy: 0, cost: 1, latency: 0 }, scales)).toBe(25);
});

describe('decideRoute', () => {
  it('ranks by utility and reports the forecasts in the units of the API', () => {
    const answer = decideRoute(question);
    expect(answer.model).toBe('strong');
    expect(answer.fallbacks).toEqual(['unknown-price', 'weak']);
    const [strong] = answer.candidates;
    // 1,000 · 10 + 100 · 40 USD per million, 0.5 s + 100 · 0.01 s.
    expect(strong?.cost_usd).toBeCloseTo(0.014, 12);
    expect(strong?.latency_ms).toBeCloseTo(1_500, 9);
    expect(strong?.output_tokens).toBeCloseTo(100, 9);
    expect(answer.reason).toMatch(/highest utility.*3 eligible of 3 models under max-accuracy/);
  });

  it('explains: contributions add up to the forecast, terms to the utility', () => {
    const weights = { accuracy: 1, cost: 0.05, latency: 0.02 };
    const { candidates, explanation } = decideRoute({ ...question, weights });
    expect(explanation?.candidates).toHaveLength(3);
    explanation?.candidates.forEach((explained, i) => {
      const sum = explained.contributions.reduce((a, b) => a + b, 0) - explanation.difficulty;
      expect(explained.logit).toBeCloseTo(sum, 12);
      const z = explained.logit / Math.sqrt(1 + (Math.PI * explained.variance) / 8);
      expect(candidates[i]?.p_correct).toBeCloseTo(1 / (1 + Math.exp(-z)), 12);
      const { accuracy, cost, latency } = explained.utility_terms!;
      expect(candidates[i]?.utility).toBeCloseTo(accuracy + cost + latency, 12);
    });
    // By hand: 1.2 · 2 + 0.4 · 1 − 0.3.
    const strong = explanation?.candidates.find((candidate) => candidate.model === 'strong');
    expect(strong?.logit).toBeCloseTo(2.5, 12);
  });

  it('leaves the explanation out unless asked', () => {
    expect(decideRoute({ ...question, explain: false }).explanation).toBeUndefined();
  });

  it('lists the excluded last, with the reason for each', () => {
    const [weak, strong, third] = question.models as [RoutableModel, RoutableModel, RoutableModel];
    const answer = decideRoute({
      ...question,
      models: [weak, { ...strong, capabilities: ['vision'] }, { ...third, contextWindow: 1_400 }],
      requires: ['tools', 'vision'],
      maxTokens: 500,
    });
    expect(names(answer.candidates)).toEqual(['weak', 'strong', 'unknown-price']);
    expect(answer.candidates.map(({ excluded }) => excluded)).toEqual([
      undefined,
      'lacks tools',
      'needs 1500 tokens (1000 in, 500 out), its context window has 1400',
    ]);
    expect(answer.candidates[1]?.utility).toBeNull();
    expect(answer.reason).toMatch(/^the only one of 1 eligible of 3 models/);
  });

  it('takes a full window and a request that names models at their word', () => {
    const answer = decideRoute({
      ...question,
      maxTokens: 7_000,
      admitted: [true, false, true],
    });
    expect(answer.model).toBe('unknown-price');
    expect(answer.candidates.at(-1)).toMatchObject({
      model: 'strong',
      excluded: 'not among the models that the request admits',
    });
  });

  it('scores and lists a model in shadow, and never chooses it', () => {
    const [weak, strong, third] = question.models as [RoutableModel, RoutableModel, RoutableModel];
    const shadow: RoutableModel = { ...strong, state: 'shadow' };
    const exploration = { share: 1, maxRegret: 1, youngFrom: 0, draw: 0 };
    for (const more of [{}, { exploration }]) {
      const answer = decideRoute({ ...question, ...more, models: [weak, third, shadow] });
      expect(answer.model).not.toBe('strong');
      expect(answer.fallbacks).not.toContain('strong');
      expect(answer.candidates.at(-1)).toMatchObject({
        model: 'strong',
        utility: null,
        excluded: 'in shadow',
        cost_usd: expect.closeTo(0.014, 12),
      });
    }
    // What the request says of it is told first: it will still hold when the model is active.
    const unfit = decideRoute({
      ...question,
      models: [weak, third, { ...shadow, capabilities: ['vision'] }],
      requires: ['tools'],
    });
    expect(unfit.candidates.at(-1)?.excluded).toBe('lacks tools');
    const left = decideRoute({
      ...question,
      models: [weak, third, shadow],
      admitted: [true, true, false],
    });
    expect(left.candidates.at(-1)?.excluded).toMatch(/^not among the models/);
    expect(() => decideRoute({ ...question, models: [shadow] })).toThrow(
      expect.objectContaining({ code: 'no-eligible-model' }),
    );
  });

  it('says why when every model is excluded', () => {
    expect(() => decideRoute({ ...question, constraints: { maxCostUsd: 1e-9 } })).toThrow(
      expect.objectContaining({
        code: 'no-eligible-model',
        message: expect.stringMatching(/weak \(predicted cost .*unknown-price \(cost unknown/),
        details: { candidates: expect.arrayContaining([expect.anything()]) },
      }),
    );
  });
  describe('under a budget', () => {
    const budget = { price: 20, leftUsd: 0.02, endsAt: '2026-06-16T00:00:00.000Z' };
    const paced = (price: number, more: Partial<RouteQuestion> = {}) =>
      decideRoute({
        ...question,
        weights: weightsAtPrice(price, question.scales),
        budget: { ...budget, price },
        ...more,
      });

    it('takes argmax p − λ·cost and says the price', () => {
      const cheap = paced(1_000);
      expect(cheap.model).toBe('weak');
      expect(cheap.reason).toContain('$1 has to buy 1.00e+3 of P(correct)');
      const [weak] = cheap.candidates;
      expect(weak?.utility).toBeCloseTo(weak!.p_correct - 1_000 * weak!.cost_usd!, 12);
      expect(cheap.costUsd).toBe(weak?.cost_usd);
      expect(paced(1).model).toBe('strong');
    });

    it('excludes what the rest does not cover, and what has no known cost', () => {
      const { candidates, model: chosen } = paced(1, { budget: { ...budget, leftUsd: 0.01 } });
      expect(chosen).toBe('weak');
      expect(candidates.map(({ excluded }) => excluded)).toEqual([
        undefined,
        'predicted cost $0.0140 > $0.0100 left of the budget until 2026-06-16T00:00:00.000Z',
        'cost unknown, and the policy has a budget',
      ]);
    });

    it('tells a spent budget, and its end, from models that nothing admits', () => {
      const spent = { ...budget, leftUsd: 1e-9 };
      expect(() => paced(1, { budget: spent })).toThrow(
        expect.objectContaining({
          code: 'budget-exhausted',
          message: expect.stringMatching(/"max-accuracy".* until 2026-06-16T/),
          details: {
            period_ends_at: budget.endsAt,
            left_usd: 1e-9,
            cheapest_usd: expect.closeTo(0.00014, 12),
          },
        }),
      );
      expect(() => paced(1, { budget: spent, constraints: { maxCostUsd: 1e-9 } })).toThrow(
        expect.objectContaining({ code: 'no-eligible-model' }),
      );
    });
  });
});
