import type { Child, Node } from '@zerorouter/report-page';
import { count, decimal, h, interval, percent, signed, table } from '@zerorouter/report-page';
import { OURS } from '../../baselines/methods.js';
import type { EvaluationReport, ReportDifference, ReportSummary } from '../report-schema.js';
import { methodTitle } from './series.js';

/** What each cell is, in words. */
export const CELL_TITLES: Readonly<Record<ReportSummary['cell'], string>> = {
  id: 'Known models, new queries',
  unseen: 'New models, new queries',
  ood: 'Known models, new benchmarks',
  'unseen-ood': 'New models, new benchmarks',
};

/** The cells at a glance: a tile each, and a table with every arm. */
export function overview({ summary }: EvaluationReport): Node {
  const first = new Map<string, ReportSummary>();
  for (const row of summary) if (!first.has(row.cell)) first.set(row.cell, row);
  return h(
    'section',
    { id: 'overview' },
    h('h2', {}, 'At a glance'),
    h(
      'p',
      {},
      'Means over data sets, or over left-out groups. “Best simple” is the best of model mean, kNN, UniRoute and shared difficulty with an offset, chosen in hindsight for each figure; differences are ours minus it, with 95% intervals of a paired bootstrap over queries.',
    ),
    h(
      'div',
      { class: 'tiles' },
      [...first.values()].map((row) => tile(row)),
    ),
    table(
      [
        {
          title: 'Cell',
          numeric: false,
          cell: (row) => [
            h('strong', { class: 'nowrap' }, CELL_TITLES[row.cell]),
            row.arm === null ? null : h('div', { class: 'note' }, row.arm),
          ],
        },
        { title: 'rows', cell: ({ rows }) => rows },
        { title: 'answers', cell: ({ cells }) => count(cells) },
        { title: 'AUC', cell: (row) => h('strong', {}, decimal(row.methods[OURS]?.auc)) },
        { title: 'vs best simple', cell: (row) => against(simple(row.auc), false) },
        { title: 'log-loss', cell: (row) => h('strong', {}, decimal(row.methods[OURS]?.logLoss)) },
        { title: 'vs best simple', cell: (row) => against(simple(row.logLoss), true) },
        { title: 'Brier', cell: (row) => decimal(row.methods[OURS]?.brier) },
        { title: 'ECE', cell: (row) => decimal(row.methods[OURS]?.ece) },
        { title: 'accuracy MAE', cell: (row) => decimal(row.methods[OURS]?.accuracyMae) },
        {
          title: '90% intervals hold',
          cell: (row) => percent(row.methods[OURS]?.accuracyCoverage),
        },
      ],
      summary,
    ),
  );
}

function tile(row: ReportSummary): Node {
  const ours = row.methods[OURS];
  const difference = simple(row.logLoss);
  return h(
    'div',
    { class: 'tile' },
    h('div', { class: 'tile-title' }, CELL_TITLES[row.cell]),
    h('div', { class: 'tile-figure' }, decimal(ours?.auc), h('span', {}, ' AUC')),
    h('div', { class: 'tile-figure second' }, decimal(ours?.logLoss), h('span', {}, ' log-loss')),
    difference === null ? null : h('div', {}, verdict(difference, true)),
    row.arm === null ? null : h('div', { class: 'note' }, row.arm),
  );
}

function simple(differences: readonly ReportDifference[]): ReportDifference | null {
  return differences.find(({ family }) => family === 'simple') ?? null;
}

function against(difference: ReportDifference | null, lowest: boolean): Child {
  if (difference === null) return '–';
  return [
    chip(difference, lowest),
    h('div', { class: 'note nowrap' }, interval(difference.interval)),
    h('div', { class: 'note' }, methodTitle(difference.method)),
  ];
}

/** Better or worse only when the interval says so. */
function outcome({ interval: ends }: ReportDifference, lowest: boolean): string {
  if (ends === null) return 'even';
  const [low, high] = lowest ? [-ends[1], -ends[0]] : ends;
  return low > 0 ? 'better' : high < 0 ? 'worse' : 'even';
}

function chip(difference: ReportDifference, lowest: boolean): Node {
  const says = outcome(difference, lowest);
  return h('span', { class: `chip ${says}` }, `${signed(difference.value)} ${says}`);
}

function verdict(difference: ReportDifference, lowest: boolean): Child {
  return [
    chip(difference, lowest),
    h('div', { class: 'note' }, `log-loss, against ${methodTitle(difference.method)}`),
  ];
}
