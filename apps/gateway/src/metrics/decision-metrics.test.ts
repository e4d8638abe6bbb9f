import { describe, expect, it } from '@jest/globals';
import type { RouteCandidate } from '@zerorouter/contracts';
import { createLogger, Metrics } from '@zerorouter/platform';
import { CollapseAlarm } from './collapse-alarm.js';
import type { WatchedChoice } from './collapse-watch.js';
import { DecisionMetrics } from './decision-metrics.js';

const candidate = (model: string, cost: number | null, more = {}): RouteCandidate => ({
  model,
  p_correct: 0.75,
  interval: [0.5, 0.9],
  cost_usd: cost,
  latency_ms: 2_000,
  output_tokens: 100,
  utility: 1,
  ...more,
});

const decision = (model: string, candidates: RouteCandidate[], policy = 'balanced') => ({
  id: `dec_${model}`,
  model,
  policy,
  candidates,
  overheadMs: 4,
});

const call = (more = {}) => ({
  model: 'a',
  policy: 'balanced',
  decisionId: 'dec_a',
  ending: 'complete' as const,
  inputTokens: 10,
  cachedTokens: null,
  outputTokens: 20,
  reasoningTokens: null,
  costUsd: 0.03,
  lostUsd: 0,
  ttftMs: 200,
  totalMs: 1_000,
  ...more,
});

function harness() {
  const metrics = new Metrics();
  const choices: WatchedChoice[] = [];
  const decisions = new DecisionMetrics(metrics, (choice) => choices.push(choice));
  const value = async (series: string): Promise<number | undefined> => {
    const { text } = await metrics.scrape();
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  };
  return { decisions, choices, value };
}

const of = (name: string, labels: string) => `zerorouter_${name}{${labels}}`;

describe('DecisionMetrics', () => {
  it('counts decisions with what they foretell, and makes one policy of all dials', async () => {
    const { decisions, value } = harness();
    const candidates = [candidate('a', 0.02), candidate('b', 0.01)];
    decisions.decided(decision('a', candidates));
    decisions.decided(decision('a', candidates, 'dial:0.25'));
    decisions.decided(decision('a', candidates, 'dial:0.75'));
    expect(await value(of('decisions_total', 'model="a",policy="dial"'))).toBe(2);
    const predicted = of('decision_predicted_cost_usd_total', 'model="a",policy="balanced"');
    expect(await value(predicted)).toBe(0.02);
    expect(await value(of('decision_predicted_correct_total', 'model="a"'))).toBe(2.25);
    expect(await value('zerorouter_routing_overhead_seconds_sum')).toBeCloseTo(0.012, 12);
  });

  it('tells which choices took the dearest model that could be chosen', () => {
    const { decisions, choices } = harness();
    const dear = candidate('c', 9, { excluded: 'no deployment' });
    decisions.decided(decision('a', [candidate('a', 0.02), candidate('b', 0.01), dear]));
    decisions.decided(decision('b', [candidate('a', 0.02), candidate('b', 0.01), dear]));
    decisions.decided(decision('b', [candidate('b', 0.01), dear]));
    decisions.decided(decision('b', [candidate('a', null), candidate('b', null)]));
    expect(choices).toEqual([
      { model: 'a', dearest: true },
      { model: 'b', dearest: false },
      { model: 'b', dearest: false },
    ]);
  });

  it('compares what a call cost with what was foretold of it, and of no other model', async () => {
    const { decisions, value } = harness();
    decisions.decided(decision('a', [candidate('a', 0.02), candidate('b', 0.01)]));
    decisions.answered(call());
    decisions.answered(call({ model: 'b' }));
    decisions.answered(call({ decisionId: null, policy: 'pinned' }));
    decisions.answered(call({ ending: 'aborted' }));
    expect(await value(of('answer_compared_predicted_cost_usd_total', 'model="a"'))).toBe(0.02);
    expect(await value(of('answer_compared_cost_usd_total', 'model="a"'))).toBe(0.03);
    expect(await value(of('answer_predicted_seconds_total', 'model="a"'))).toBe(2);
    expect(await value(of('answer_compared_seconds_total', 'model="a"'))).toBe(1);
    expect(await value(of('answer_compared_cost_usd_total', 'model="b"'))).toBeUndefined();
    expect(await value(of('answer_cost_usd_total', 'model="a",policy="pinned"'))).toBe(0.03);
    expect(await value(of('answer_tokens_total', 'model="a",kind="output"'))).toBe(60);
    const aborted = of('answers_total', 'model="a",policy="balanced",ending="aborted"');
    expect(await value(aborted)).toBe(1);
  });

  it('puts judgements beside what was predicted', async () => {
    const { decisions, value } = harness();
    decisions.judged({ model: 'a', score: 1, predicted: 0.75 });
    decisions.judged({ model: 'a', score: 0, predicted: 0.5 });
    expect(await value(of('feedback_total', 'model="a"'))).toBe(2);
    expect(await value(of('feedback_score_total', 'model="a"'))).toBe(1);
    expect(await value(of('feedback_predicted_total', 'model="a"'))).toBe(1.25);
  });
});

describe('CollapseAlarm', () => {
  it('raises one alert when routing collapses, and another when it does so again', async () => {
    const raised: { kind: string; evidence: object }[] = [];
    const metrics = new Metrics();
    const alarm = new CollapseAlarm(
      metrics,
      {
        create: (alert) => {
          raised.push(alert);
          return Promise.resolve({
            ...alert,
            id: 'alr_1',
            createdAt: new Date(),
            resolvedAt: null,
            reprofiling: null,
          });
        },
      },
      createLogger('test', 'silent'),
      { window: 100, fewest: 50, share: 0.95 },
    );
    const choose = (model: string, count: number) => {
      for (let i = 0; i < count; i++) alarm.note({ model, dearest: false });
    };
    choose('a', 200);
    expect(raised).toHaveLength(1);
    expect(raised[0]).toMatchObject({
      kind: 'routing-collapse',
      evidence: { top_model: 'a', top_share: 1, entropy_bits: 0 },
    });
    expect((await metrics.scrape()).text).toContain('zerorouter_routing_collapsed 1');
    for (let i = 0; i < 50; i++) choose(i % 2 === 0 ? 'b' : 'c', 2);
    expect((await metrics.scrape()).text).toContain('zerorouter_routing_collapsed 0');
    choose('c', 150);
    expect(raised).toHaveLength(2);
  });
});
