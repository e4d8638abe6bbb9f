import type { Node } from '@zerorouter/report-page';
import { Plot, decimal, draw, figure, h, signed } from '@zerorouter/report-page';
import { OURS } from '../../baselines/methods.js';
import type { EvaluationReport, ReportSummary } from '../report-schema.js';
import { CELL_TITLES } from './overview.js';
import { styleOf } from './series.js';

/** Every cell against every baseline: AUC as bars, differences in log-loss with their intervals. */
export function baselineFigures({ summary }: EvaluationReport): Node {
  return h(
    'section',
    { id: 'baselines' },
    h('h2', {}, 'Against every baseline'),
    h(
      'p',
      {},
      'Each baseline has the same labels and the same encoder, read over its first window, and is shown at its best setting in hindsight. Left: how well answers are ranked within a model; one half is chance. Right: how much worse (right of zero) or better the baseline’s probabilities are than ours.',
    ),
    summary.map((row) =>
      h(
        'div',
        { class: 'pair' },
        h('h3', {}, CELL_TITLES[row.cell], row.arm === null ? null : h('small', {}, ` ${row.arm}`)),
        aucBars(row),
        logLossIntervals(row),
      ),
    ),
  );
}

const LABEL_WIDTH = 150;

function aucBars(row: ReportSummary): Node {
  const bars = [
    { family: OURS, auc: row.methods[OURS]?.auc ?? null },
    ...row.auc
      .filter(({ family }) => family !== 'simple')
      .map(({ family, method }) => ({ family, auc: row.methods[method]?.auc ?? null })),
  ]
    .flatMap(({ family, auc }) => (auc === null ? [] : [{ family, auc }]))
    .map((bar) => ({ ...bar, title: styleOf(bar.family).title }));
  return figure(
    'AUC within model',
    draw(`AUC within model, ${CELL_TITLES[row.cell]}`, {
      width: 480,
      height: 32 + 24 * bars.length,
      marginTop: 4,
      marginLeft: LABEL_WIDTH,
      marginRight: 44,
      x: { label: null, domain: [0.45, Math.max(0.8, ...bars.map(({ auc }) => auc + 0.02))] },
      y: { label: null, domain: bars.map(({ title }) => title), tickSize: 0 },
      marks: [
        Plot.barX(bars, {
          y: 'title',
          x1: 0.5,
          x2: 'auc',
          fill: (bar: { family: string }) => (bar.family === OURS ? 'var(--ours)' : 'var(--bar)'),
          insetTop: 3,
          insetBottom: 3,
          rx: 2,
        }),
        Plot.text(bars, {
          y: 'title',
          x: (bar: { auc: number }) => Math.max(0.5, bar.auc),
          text: (bar: { auc: number }) => decimal(bar.auc),
          textAnchor: 'start',
          dx: 4,
        }),
        Plot.ruleX([0.5]),
      ],
    }),
  );
}

function logLossIntervals(row: ReportSummary): Node {
  const points = row.logLoss
    .filter(({ family }) => family !== 'simple')
    .map(({ family, value, interval: ends }) => ({
      title: styleOf(family).title,
      value: -value,
      low: -(ends?.[1] ?? value),
      high: -(ends?.[0] ?? value),
    }));
  return figure(
    'log-loss: baseline − ours',
    draw(`log-loss of baselines minus ours, ${CELL_TITLES[row.cell]}`, {
      width: 480,
      height: 32 + 24 * Math.max(1, points.length),
      marginTop: 4,
      marginLeft: LABEL_WIDTH,
      marginRight: 60,
      x: { label: null, nice: true, ticks: 5, grid: true },
      y: { label: null, domain: points.map(({ title }) => title), tickSize: 0 },
      marks: [
        Plot.ruleX([0]),
        Plot.ruleY(points, {
          y: 'title',
          x1: 'low',
          x2: 'high',
          stroke: 'var(--ours)',
          strokeWidth: 2,
        }),
        Plot.dot(points, { y: 'title', x: 'value', fill: 'var(--ours)', r: 4 }),
        Plot.text(points, {
          y: 'title',
          frameAnchor: 'right',
          text: (point: { value: number }) => signed(point.value),
          textAnchor: 'start',
          dx: 10,
        }),
      ],
    }),
  );
}
