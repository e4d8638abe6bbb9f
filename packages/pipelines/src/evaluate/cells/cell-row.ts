import type {
  ForecastFigures,
  Random,
  ReliabilityBin,
  ResampledQueries,
} from '@zerorouter/latent-space';
import {
  bootstrapAuc,
  bootstrapLogLoss,
  forecastFigures,
  percentileInterval,
  reliabilityBins,
  resampleQueries,
} from '@zerorouter/latent-space';
import { bestMethod, METHOD_FAMILIES, OURS } from '../baselines/methods.js';
import type { JudgedModels } from './judged-models.js';
import { atCells } from './judged-models.js';

export const CELLS = ['id', 'unseen', 'ood', 'unseen-ood'] as const;
export type Cell = (typeof CELLS)[number];

/** Where a row stands: a cell, the way newcomers were onboarded, and the queries it is judged on. */
export interface RowName {
  readonly cell: Cell;
  /** How newcomers got their anchors; null for seen models. */
  readonly arm: string | null;
  /** Data set, or left-out group. */
  readonly group: string;
}

/** Ours minus a baseline. */
export interface Difference {
  readonly family: string;
  readonly method: string;
  readonly value: number;
  /** Central 95% interval of the paired bootstrap over queries. */
  readonly interval: readonly [low: number, high: number] | null;
}

export interface CellRow extends RowName {
  readonly queries: number;
  readonly models: number;
  readonly cells: number;
  readonly figures: ReadonlyMap<string, ForecastFigures>;
  /** Of ours, and of the simple method with the least log-loss. */
  readonly reliability: ReadonlyMap<string, readonly ReliabilityBin[]>;
  readonly logLoss: readonly Difference[];
  readonly auc: readonly Difference[];
  /** Figures of every method in every draw: what the means over rows are made of. */
  readonly draws: ReadonlyMap<string, { logLoss: Float64Array; auc: Float64Array }>;
}

/** The pseudo-family "best simple method, in hindsight". */
export const SIMPLE = 'simple';

/** Judges the forecasts of every method, ours among them, on the same answers and draws. */
export function judgeRow(
  name: RowName,
  judged: JudgedModels,
  methods: ReadonlyMap<string, Float64Array>,
  draws: number,
  random: Random,
): CellRow {
  const { cells } = judged;
  const resampled: ResampledQueries = resampleQueries(cells.queries, draws, random);
  const figures = new Map<string, ForecastFigures>();
  const drawn = new Map<string, { logLoss: Float64Array; auc: Float64Array }>();
  const forecastsOf = new Map<string, Float64Array>();
  for (const [method, matrix] of methods) {
    const forecasts = atCells(judged, matrix);
    forecastsOf.set(method, forecasts);
    figures.set(method, forecastFigures(cells, forecasts));
    drawn.set(method, {
      logLoss: bootstrapLogLoss(cells, forecasts, resampled),
      auc: bootstrapAuc(cells, forecasts, resampled),
    });
  }
  const means = (pick: (own: ForecastFigures) => number | null) =>
    new Map([...figures].map(([method, own]) => [method, pick(own)]));
  const logLoss = differences(
    means((own) => own.logLoss),
    new Map([...drawn].map(([method, own]) => [method, own.logLoss])),
    true,
  );
  const auc = differences(
    means((own) => own.auc),
    new Map([...drawn].map(([method, own]) => [method, own.auc])),
    false,
  );
  const simple = logLoss.find(({ family }) => family === SIMPLE)?.method;
  const shown = simple === undefined ? [OURS] : [OURS, simple];
  return {
    ...name,
    queries: figures.get(OURS)!.queries,
    models: figures.get(OURS)!.models,
    cells: cells.score.length,
    figures,
    reliability: new Map(
      shown.map((method) => [method, reliabilityBins(cells.score, forecastsOf.get(method)!)]),
    ),
    logLoss,
    auc,
    draws: drawn,
  };
}

/**
 * Ours minus the best setting of each family, and minus the best simple method. "Best" is chosen in
 * hindsight on the judged answers themselves, in the baselines' favour.
 */
export function differences(
  values: ReadonlyMap<string, number | null>,
  draws: ReadonlyMap<string, Float64Array>,
  lowest: boolean,
): Difference[] {
  const families = [
    {
      name: SIMPLE,
      method: bestMethod(values, ({ simple }) => simple, lowest),
    },
    ...METHOD_FAMILIES.map((family) => ({
      name: family.name,
      method: bestMethod(values, ({ name }) => name === family.name, lowest),
    })),
  ];
  const ours = values.get(OURS) ?? null;
  return families.flatMap(({ name, method }) => {
    if (method === null || ours === null) return [];
    const own = draws.get(OURS)!;
    const theirs = draws.get(method)!;
    return {
      family: name,
      method,
      value: ours - values.get(method)!,
      interval: percentileInterval(own.map((value, draw) => value - theirs[draw]!)),
    };
  });
}
