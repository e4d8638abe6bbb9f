import type { LengthPrior, PredictedItems, QueryResources } from '@zerorouter/latent-space';
import {
  costUsdQuantile,
  expectedCostUsd,
  expectedLatencyS,
  expectedOutputTokens,
  fitLengthPrior,
  groupCells,
  outputTokensQuantile,
} from '@zerorouter/latent-space';
import type { MergedOutcomes } from './merge-data-sets.js';
import type { AnswerResources } from './subject-profiles.js';
import { answerResources, fitSubjectResources } from './subject-profiles.js';

/** How one kind of forecast did on calls that no part of it was learnt from. */
export interface ResourceFigures {
  calls: number;
  /** Σ predicted ÷ Σ realised. */
  ratio: number;
  /** Share of the models whose own ratio is within 0.9–1.1. */
  modelsWithinTenth: number;
  /** Share of the calls at or below the predicted quantile: the 90th percentile, of latency the 95th. */
  belowQuantile: number;
}

type Kind = 'outputTokens' | 'costUsd' | 'latencyS';

interface Forecast {
  readonly subject: number;
  readonly predicted: number;
  readonly realised: number;
  readonly quantile: number;
}

/**
 * Predicted against realised tokens, cost and latency per data set, cross-fitted as the levels are:
 * what a fold's calls took is foretold by models fitted to the other folds' calls. Kinds that a data
 * set does not know are absent.
 *
 * @param fold of every row: the predicted levels of a row come from a network that did not learn from it.
 */
export function heldOutResources(
  merged: MergedOutcomes,
  predicted: PredictedItems,
  fold: Int32Array,
): Record<string, Partial<Record<Kind, ResourceFigures>>> {
  const { cells, source } = merged;
  const bySubject = groupCells(cells.subject, cells.subjects);
  const folds = 1 + fold.reduce((max, f) => Math.max(max, f), 0);
  const forecasts = new Map<string, Record<Kind, Forecast[]>>();
  for (let held = 0; held < folds; held++) {
    const learnt = (cell: number) => fold[cells.item[cell]!] !== held;
    const prior = priorOf(merged, predicted, learnt);
    for (let subject = 0; subject < cells.subjects; subject++) {
      const own = Array.from(
        bySubject.order.subarray(bySubject.start[subject], bySubject.start[subject + 1]),
      );
      const asked = own.filter((cell) => !learnt(cell));
      if (asked.length === 0) continue;
      const name = source[cells.item[asked[0]!]!]!;
      const kinds = forecasts.get(name) ?? { outputTokens: [], costUsd: [], latencyS: [] };
      forecasts.set(name, kinds);
      foretell(
        subject,
        own.filter(learnt).map((cell) => answerResources(merged, predicted, cell)),
        asked.map((cell) => answerResources(merged, predicted, cell)),
        merged.modelInfo[subject],
        prior,
        kinds,
      );
    }
  }
  return Object.fromEntries(
    [...forecasts].map(([name, kinds]) => [
      name,
      Object.fromEntries(
        Object.entries(kinds).flatMap(([kind, own]) =>
          own.length === 0 ? [] : [[kind, figuresOf(own)] as const],
        ),
      ),
    ]),
  );
}

function priorOf(
  { cells, logTokens }: MergedOutcomes,
  predicted: PredictedItems,
  learnt: (cell: number) => boolean,
): LengthPrior | null {
  const own = Array.from(cells.item, (_, cell) => cell).filter(learnt);
  return fitLengthPrior(
    cells.subjects,
    own.map((cell) => cells.subject[cell]!),
    own.map((cell) => predicted.logOutputTokens[cells.item[cell]!]!),
    own.map((cell) => logTokens[cell]!),
  );
}

function foretell(
  subject: number,
  learnt: readonly AnswerResources[],
  asked: readonly AnswerResources[],
  info: MergedOutcomes['modelInfo'][number],
  prior: LengthPrior | null,
  kinds: Record<Kind, Forecast[]>,
): void {
  const { length, cost, latency } = fitSubjectResources(learnt, info, prior);
  const note = (
    kind: Kind,
    predicted: number | null | undefined,
    quantile: number | null | undefined,
    realised: number,
  ): void => {
    if (predicted == null || quantile == null || Number.isNaN(realised)) return;
    kinds[kind].push({ subject, predicted, realised, quantile });
  };
  for (const answer of asked) {
    const query: QueryResources = {
      logOutputTokens: answer.level,
      inputTokens: answer.inputEstimate,
    };
    const tokens = expectedOutputTokens(query, length);
    const seconds = expectedLatencyS(query, latency, tokens);
    note(
      'outputTokens',
      tokens,
      length === null ? null : outputTokensQuantile(query, length, 0.9),
      Math.exp(answer.logTokens),
    );
    note(
      'costUsd',
      expectedCostUsd(query, cost, tokens),
      costUsdQuantile(query, { cost, length }, 0.9),
      realisedCost(answer, info),
    );
    note('latencyS', seconds?.mean, seconds?.p95, answer.latencyS);
  }
}

/** What a call cost: as recorded, or by list price and counted tokens; NaN where neither is known. */
function realisedCost(answer: AnswerResources, info: MergedOutcomes['modelInfo'][number]): number {
  if (!Number.isNaN(answer.costUsd)) return answer.costUsd;
  const { input_price_per_mtok: input, output_price_per_mtok: output } = info ?? {};
  if (input === undefined || output === undefined) return NaN;
  const read = Number.isNaN(answer.inputTokens) ? answer.inputEstimate : answer.inputTokens;
  return (read * input + Math.exp(answer.logTokens) * output) / 1e6;
}

function figuresOf(forecasts: readonly Forecast[]): ResourceFigures {
  const bySubject = new Map<number, Forecast[]>();
  for (const forecast of forecasts) {
    const own = bySubject.get(forecast.subject);
    if (own === undefined) bySubject.set(forecast.subject, [forecast]);
    else own.push(forecast);
  }
  const ratios = [...bySubject.values()].map(ratioOf);
  const share = (count: number, of: number) => round(count / of);
  return {
    calls: forecasts.length,
    ratio: round(ratioOf(forecasts)),
    modelsWithinTenth: share(
      ratios.filter((ratio) => ratio >= 0.9 && ratio <= 1.1).length,
      ratios.length,
    ),
    belowQuantile: share(
      forecasts.filter(({ realised, quantile }) => realised <= quantile).length,
      forecasts.length,
    ),
  };
}

function ratioOf(forecasts: readonly Forecast[]): number {
  const sum = (of: (forecast: Forecast) => number) =>
    forecasts.reduce((total, forecast) => total + of(forecast), 0);
  return sum(({ predicted }) => predicted) / sum(({ realised }) => realised);
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
