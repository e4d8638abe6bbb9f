import type { ForecastFigures } from '@zerorouter/latent-space';
import type { CellRow, Difference, RowName } from './cell-row.js';
import { differences } from './cell-row.js';

/** The figures that are averaged over rows. */
export const AVERAGED = [
  'auc',
  'aucWithinBenchmark',
  'logLoss',
  'brier',
  'ece',
  'accuracyMae',
  'accuracyCoverage',
] as const satisfies readonly (keyof ForecastFigures)[];

export type AveragedFigures = Record<(typeof AVERAGED)[number], number | null>;

/** One cell and arm over all its rows, each row with the same weight. */
export interface CellSummary extends Omit<RowName, 'group'> {
  readonly rows: number;
  readonly cells: number;
  readonly figures: ReadonlyMap<string, AveragedFigures>;
  readonly logLoss: readonly Difference[];
  readonly auc: readonly Difference[];
}

/** Means over the rows of each cell and arm, of the methods that all of its rows have. */
export function summariseCells(rows: readonly CellRow[]): CellSummary[] {
  const groups = new Map<string, CellRow[]>();
  for (const row of rows) {
    const key = `${row.cell} ${row.arm ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].map((own) => {
    const { cell, arm } = own[0]!;
    const methods = [...own[0]!.figures.keys()].filter((method) =>
      own.every(({ figures }) => figures.has(method)),
    );
    const figures = new Map(
      methods.map((method) => {
        const average = (figure: (typeof AVERAGED)[number]) =>
          meanOfKnown(own.map((row) => row.figures.get(method)![figure]));
        const entries = AVERAGED.map((figure) => [figure, average(figure)]);
        return [method, Object.fromEntries(entries) as AveragedFigures];
      }),
    );
    const valuesOf = (figure: 'logLoss' | 'auc') =>
      new Map(methods.map((method) => [method, figures.get(method)![figure]]));
    const drawsOf = (figure: 'logLoss' | 'auc') =>
      new Map(
        methods.map((method) => [
          method,
          meanDraws(own.map((row) => row.draws.get(method)![figure])),
        ]),
      );
    return {
      cell,
      arm,
      rows: own.length,
      cells: own.reduce((sum, row) => sum + row.cells, 0),
      figures,
      logLoss: differences(valuesOf('logLoss'), drawsOf('logLoss'), true),
      auc: differences(valuesOf('auc'), drawsOf('auc'), false),
    };
  });
}

/** Rows are resampled independently: the mean of their draws is a draw of their mean. */
function meanDraws(draws: readonly Float64Array[]): Float64Array {
  return draws[0]!.map((_, d) => {
    const known = draws.map((own) => own[d]!).filter((value) => !Number.isNaN(value));
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
