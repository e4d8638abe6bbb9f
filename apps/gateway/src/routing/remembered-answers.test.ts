import { beforeEach, describe, expect, it } from '@jest/globals';
import { decideRoute } from './decide-route.js';
import type { RoutableModel, RouteQuestion } from './decide-route.js';
import { RememberedAnswers } from './remembered-answers.js';
import { writeResponse } from './write-response.js';

const model = (name: string, theta: number): RoutableModel => ({
  profile: {
    model: name,
    ability: { mean: [theta], covariance: [0.1] },
    length: { offset: 0, offsetVariance: 0, smearing: 1 },
    cost: { kind: 'prices', inputPerMtok: 1 + theta, outputPerMtok: 4 },
    latency: null,
  },
  contextWindow: 8_000,
  capabilities: ['tools'],
});

const question: RouteQuestion = {
  latents: {
    discrimination: [1.2],
    difficulty: 0.3,
    difficultyVariance: 0.05,
    logOutputTokens: Math.log(100),
    inputTokens: 1_000,
    familiarity: 1,
  },
  models: [model('weak', -0.5), model('strong', 2)],
  requires: [],
  weights: { accuracy: 1, cost: 0.1, latency: 0 },
  policy: 'some',
  constraints: {},
  scales: { costUsd: 0.002, latencyS: 2 },
  explain: false,
};
const HASH = 'a'.repeat(64);

describe('RememberedAnswers', () => {
  let remembered: RememberedAnswers;
  beforeEach(() => {
    remembered = new RememberedAnswers();
  });
  const ask = (more: Partial<RouteQuestion> = {}, hash = HASH) =>
    remembered.decide({ ...question, ...more }, hash);

  it('gives what was decided, from the second time on the very same', () => {
    const [first, second, third] = [ask(), ask(), ask()];
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    const { probabilityOf: _, ...decided } = decideRoute(question);
    for (const answer of [first, second]) expect(answer).toMatchObject(decided);
    expect(Object.isFrozen(first.candidates)).toBe(false);
    expect(Object.isFrozen(third.candidates)).toBe(true);
  });

  it('decides anew whatever is different about a question', () => {
    const different: Partial<RouteQuestion>[] = [
      { admitted: [true, false] },
      { requires: ['tools'] },
      { maxTokens: 10 },
      { weights: { accuracy: 1, cost: 9, latency: 0 } },
      { policy: 'other' },
      { constraints: { maxCostUsd: 0.002 } },
      { scales: { costUsd: 0.001, latencyS: 2 } },
      { explain: true },
    ];
    const known = [ask(), ask()].at(-1);
    for (const more of different) {
      const { probabilityOf: _, ...decided } = decideRoute({ ...question, ...more });
      expect(ask(more)).toMatchObject(decided);
      expect(ask(more)).not.toBe(known);
    }
    const harder = { latents: { ...question.latents, difficulty: 2 } };
    expect(ask(harder, 'b'.repeat(64)).candidates).toEqual(
      decideRoute({ ...question, ...harder }).candidates,
    );
    expect(ask()).toBe(known);
  });

  it('forgets everything when a model has changed', () => {
    ask();
    ask();
    const models = [model('weak', -0.5), model('strong', 1)];
    expect(ask({ models }).candidates).toEqual(decideRoute({ ...question, models }).candidates);
    expect(ask().candidates).toEqual(decideRoute(question).candidates);
  });

  it('remembers nothing of what is never the same twice', () => {
    const passing: Partial<RouteQuestion>[] = [
      { barred: () => null },
      { budget: { price: 1, leftUsd: 1, endsAt: '2026-01-02T00:00:00Z' } },
      { session: { model: 'weak', seenTokens: 10 } },
      { exploration: { share: 0.1, maxRegret: 0.1, youngFrom: 1, draw: 0.99 } },
    ];
    for (const more of passing) {
      const answers = [ask(more), ask(more), ask(more)];
      expect(new Set(answers).size).toBe(3);
      expect(answers.some(({ candidates }) => Object.isFrozen(candidates))).toBe(false);
    }
  });

  it('says again why no model can be chosen', () => {
    const constraints = { maxCostUsd: 0 };
    for (let i = 0; i < 3; i++)
      expect(() => ask({ constraints })).toThrow(/every model is excluded/);
  });
});

it('writes candidates that come again as it does others', () => {
  const { candidates, fallbacks, model: chosen, reason } = decideRoute(question);
  const response = {
    decision_id: 'dec_1',
    model: chosen,
    fallbacks,
    candidates,
    query: { difficulty: 0.3, discrimination: [1.2], in_domain: 1, output_tokens: 100 },
    reason,
    policy: 'some',
    space_version: 'v1',
    overhead_ms: 1.5,
  } as unknown as Parameters<typeof writeResponse>[0];
  const plain = writeResponse(response);
  expect(JSON.parse(plain)).toEqual(response);
  const kept = { ...response, candidates: Object.freeze([...candidates]) as typeof candidates };
  for (let i = 0; i < 2; i++) expect(writeResponse(kept)).toBe(plain);
});
