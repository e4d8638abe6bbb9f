import type { ForecastFigures } from '@zerorouter/latent-space';
import type { CellRow, Difference } from '../cells/cell-row.js';
import type { AveragedFigures } from '../cells/cell-summary.js';
import { AVERAGED, summariseCells } from '../cells/cell-summary.js';
import type { Findings } from '../protocol/settings.js';
import type { EvaluationReport } from './report-schema.js';
import { reportSchema } from './report-schema.js';

/** Everything that is reported beside the findings. */
export type ReportFrame = Pick<
  EvaluationReport,
  'protocol' | 'data' | 'leftOutFamilies' | 'groups' | 'notes'
>;

/** Findings as plain data, checked against the schema; figures to six significant digits. */
export function buildReport(frame: ReportFrame, findings: Findings): EvaluationReport {
  return reportSchema.parse(
    rounded({
      format: 1,
      ...frame,
      summary: summariseCells(findings.rows).map((summary) => ({
        ...summary,
        methods: methodsOf(summary.figures),
        logLoss: summary.logLoss.map(plain),
        auc: summary.auc.map(plain),
      })),
      rows: findings.rows.map(rowOf),
      onboarding: findings.curves,
      routing: findings.routing.map(({ figures, ...row }) => ({ ...row, ...figures })),
      onboardedRouting: findings.onboardedRouting,
    }),
  );
}

function rowOf({ cell, arm, group, queries, models, cells, ...row }: CellRow) {
  return {
    ...{ cell, arm, group, queries, models, cells },
    methods: methodsOf(row.figures),
    logLoss: row.logLoss.map(plain),
    auc: row.auc.map(plain),
    reliability: Object.fromEntries(row.reliability),
  };
}

function methodsOf(figures: ReadonlyMap<string, ForecastFigures | AveragedFigures>) {
  return Object.fromEntries(
    [...figures].map(([method, own]) => [
      method,
      Object.fromEntries(AVERAGED.map((metric) => [metric, own[metric]])),
    ]),
  );
}

function plain({ family, method, value, interval }: Difference) {
  return { family, method, value, interval };
}

/** JSON knows no NaN: a figure that does not exist is null. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? Number.isInteger(value)
        ? value
        : Number(value.toPrecision(6))
      : null;
  if (Array.isArray(value)) return value.map(rounded);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, rounded(own)]));
  return value;
}
