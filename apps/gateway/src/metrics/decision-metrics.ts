import type { CallRecord, DecisionRecord } from '@zerorouter/database';
import { boundLabel, SECONDS } from '@zerorouter/platform';
import type { Metrics } from '@zerorouter/platform';
import { LRUCache } from 'lru-cache';
import type { WatchedChoice } from './collapse-watch.js';

/** What a decision foretold of the model that it chose. */
interface Forecast {
  model: string;
  costUsd: number | null;
  latencyMs: number | null;
}

type EndedCall = Pick<
  CallRecord,
  | 'model'
  | 'policy'
  | 'decisionId'
  | 'ending'
  | 'inputTokens'
  | 'cachedTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'costUsd'
  | 'lostUsd'
  | 'ttftMs'
  | 'totalMs'
>;

/** Names of models and policies are made by administrators: few, but not bounded by anything else. */
const MOST_MODELS = 500;
const MOST_POLICIES = 100;

/** Decisions whose calls may still run. */
const REMEMBERED = 4_000;

/** Seconds: decisions take milliseconds. */
const OVERHEAD = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Counts what the router decides, what came of it, and how good it was. */
export class DecisionMetrics {
  private readonly model = boundLabel(MOST_MODELS);
  private readonly policy = boundLabel(MOST_POLICIES);
  private readonly forecasts = new LRUCache<string, Forecast>({ max: REMEMBERED });
  private readonly series: ReturnType<typeof declare>;

  /** @param onChoice is told of each decision that had a choice. */
  constructor(
    metrics: Metrics,
    private readonly onChoice: (choice: WatchedChoice) => void = () => undefined,
  ) {
    this.series = declare(metrics);
  }

  /** A decision that is being stored. */
  decided(
    decision: Pick<DecisionRecord, 'id' | 'model' | 'policy' | 'candidates' | 'overheadMs'>,
  ): void {
    const { series } = this;
    const labels = { model: this.model(decision.model), policy: this.policyLabel(decision.policy) };
    const chosen = decision.candidates.find(({ model }) => model === decision.model);
    series.decisions.inc(labels);
    series.overhead.observe(decision.overheadMs / 1_000);
    if (chosen === undefined) return;
    const { model, cost_usd: costUsd, latency_ms: latencyMs } = chosen;
    this.forecasts.set(decision.id, { model, costUsd, latencyMs });
    series.predictedCost.inc(labels, costUsd ?? 0);
    series.predictedCorrect.inc({ model: labels.model }, chosen.p_correct);
    const eligible = decision.candidates.filter(({ excluded }) => excluded === undefined);
    if (eligible.length < 2) return;
    const highest = Math.max(...eligible.map(({ cost_usd }) => cost_usd ?? 0));
    this.onChoice({ model: decision.model, dearest: highest > 0 && costUsd === highest });
  }

  /** A call has ended, however it did. */
  answered(call: EndedCall): void {
    const { series } = this;
    const labels = { model: this.model(call.model), policy: this.policyLabel(call.policy) };
    const { model } = labels;
    series.answers.inc({ ...labels, ending: call.ending });
    series.durations.observe({ model }, call.totalMs / 1_000);
    if (call.ttftMs !== null) series.firstTokens.observe({ model }, call.ttftMs / 1_000);
    series.tokens.inc({ model, kind: 'input' }, call.inputTokens ?? 0);
    series.tokens.inc({ model, kind: 'cached' }, call.cachedTokens ?? 0);
    series.tokens.inc({ model, kind: 'output' }, call.outputTokens ?? 0);
    series.tokens.inc({ model, kind: 'reasoning' }, call.reasoningTokens ?? 0);
    series.realisedCost.inc(labels, call.costUsd ?? 0);
    series.lostCost.inc({ model }, call.lostUsd);
    if (call.ending === 'complete') this.compare(call, model);
  }

  /** With what was foretold, if the model that was chosen is the one that answered. */
  private compare({ decisionId, model, costUsd, totalMs }: EndedCall, label: string): void {
    const forecast = decisionId === null ? undefined : this.forecasts.get(decisionId);
    if (forecast?.model !== model) return;
    const { series } = this;
    if (forecast.costUsd !== null && costUsd !== null) {
      series.comparedPredicted.inc({ model: label }, forecast.costUsd);
      series.comparedRealised.inc({ model: label }, costUsd);
    }
    if (forecast.latencyMs !== null) {
      series.predictedSeconds.inc({ model: label }, forecast.latencyMs / 1_000);
      series.predictedSecondsRealised.inc({ model: label }, totalMs / 1_000);
    }
  }

  /** Somebody has judged the answer of a decision. @param predicted P(correct) as it was decided on. */
  judged(judgement: { model: string; score: number; predicted: number }): void {
    const model = this.model(judgement.model);
    this.series.feedback.inc({ model });
    this.series.feedbackScore.inc({ model }, judgement.score);
    this.series.feedbackPredicted.inc({ model }, judgement.predicted);
  }

  /** Dials are numbers: they are one policy here. */
  private policyLabel(policy: string): string {
    return policy.startsWith('dial:') ? 'dial' : this.policy(policy);
  }
}

function declare(metrics: Metrics) {
  const counter = metrics.counter.bind(metrics);
  return {
    decisions: counter('zerorouter_decisions_total', 'Decisions that were stored', [
      'model',
      'policy',
    ]),
    predictedCost: counter(
      'zerorouter_decision_predicted_cost_usd_total',
      'Predicted cost of the chosen models, USD',
      ['model', 'policy'],
    ),
    predictedCorrect: counter(
      'zerorouter_decision_predicted_correct_total',
      'Sum of P(correct) of the chosen models',
      ['model'],
    ),
    overhead: metrics.histogram(
      'zerorouter_routing_overhead_seconds',
      'What a decision adds to a request, prediction included',
      OVERHEAD,
    ),
    answers: counter('zerorouter_answers_total', 'Calls made for clients, by how they ended', [
      'model',
      'policy',
      'ending',
    ]),
    tokens: counter(
      'zerorouter_answer_tokens_total',
      'Tokens of calls; `cached` ones are among the input, `reasoning` ones among the output',
      ['model', 'kind'],
    ),
    lostCost: counter(
      'zerorouter_answer_lost_usd_total',
      'Estimated cost of attempts that broke off, USD',
      ['model'],
    ),
    realisedCost: counter(
      'zerorouter_answer_cost_usd_total',
      'Realised cost of calls, USD, where it is known',
      ['model', 'policy'],
    ),
    comparedPredicted: counter(
      'zerorouter_answer_compared_predicted_cost_usd_total',
      'Predicted cost of the calls whose realised cost is known as well, USD',
      ['model'],
    ),
    comparedRealised: counter(
      'zerorouter_answer_compared_cost_usd_total',
      'Realised cost of the calls whose cost was predicted as well, USD',
      ['model'],
    ),
    durations: metrics.histogram(
      'zerorouter_answer_duration_seconds',
      'From the call to the end of its answer',
      SECONDS,
      ['model'],
    ),
    firstTokens: metrics.histogram(
      'zerorouter_answer_first_token_seconds',
      'From the call to the first piece of its answer',
      SECONDS,
      ['model'],
    ),
    predictedSeconds: counter(
      'zerorouter_answer_predicted_seconds_total',
      'Predicted duration of the calls for which one was predicted',
      ['model'],
    ),
    predictedSecondsRealised: counter(
      'zerorouter_answer_compared_seconds_total',
      'Duration of the calls for which one was predicted',
      ['model'],
    ),
    feedback: counter('zerorouter_feedback_total', 'Judgements of answers', ['model']),
    feedbackScore: counter('zerorouter_feedback_score_total', 'Sum of their scores', ['model']),
    feedbackPredicted: counter(
      'zerorouter_feedback_predicted_total',
      'Sum of P(correct) of the same answers, as they were decided on',
      ['model'],
    ),
  };
}
