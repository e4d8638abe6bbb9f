import { forecastCorrectness } from '../response-model/response-model.js';
import type { Ability, ItemParameters } from '../response-model/response-model.js';
import {
  expectedCostUsd,
  expectedLatencyS,
  expectedOutputTokens,
} from '../resources/resource-models.js';
import type {
  CostModel,
  LatencyModel,
  LengthModel,
  QueryResources,
} from '../resources/resource-models.js';

/** What scoring needs of a model. */
export interface ScorableModel {
  readonly model: string;
  readonly ability: Ability;
  readonly length: LengthModel | null;
  readonly cost: CostModel | null;
  readonly latency: LatencyModel | null;
}

/** One model's forecast on one query. Null where the profile does not know. */
export interface Candidate {
  readonly model: string;
  readonly probabilityCorrect: number;
  readonly standardDeviation: number;
  /** Central 90% interval of P(correct). */
  readonly interval: readonly [low: number, high: number];
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
  readonly latencyS: number | null;
  readonly latencyP95S: number | null;
}

/** Forecasts correctness, length, cost and latency of one model on one query. */
export function scoreModel(
  query: ItemParameters & QueryResources,
  profile: ScorableModel,
  maxTokens?: number,
): Candidate {
  const forecast = forecastCorrectness(query, profile.ability);
  const outputTokens = expectedOutputTokens(query, profile.length, maxTokens);
  const latency = expectedLatencyS(query, profile.latency, outputTokens);
  return {
    model: profile.model,
    probabilityCorrect: forecast.probability,
    standardDeviation: forecast.standardDeviation,
    interval: forecast.interval,
    outputTokens,
    costUsd: expectedCostUsd(query, profile.cost, outputTokens),
    latencyS: latency?.mean ?? null,
    latencyP95S: latency?.p95 ?? null,
  };
}
