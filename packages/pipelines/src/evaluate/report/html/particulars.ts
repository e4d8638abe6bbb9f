import type { Node } from '@zerorouter/report-page';
import { count, decimal, details, h, percent, table } from '@zerorouter/report-page';
import { OURS } from '../../baselines/methods.js';
import type { EvaluationReport, ReportRow } from '../report-schema.js';
import { CELL_TITLES } from './overview.js';
import { methodTitle } from './series.js';

/** Every row of every cell with every method. */
export function rowTables({ rows }: EvaluationReport): Node {
  return h(
    'section',
    { id: 'rows' },
    h('h2', {}, 'Every data set and group'),
    h('p', {}, 'Ours first; the baselines at every setting, by log-loss.'),
    rows.map((row) =>
      details(
        [
          h('strong', {}, row.group),
          ` ${CELL_TITLES[row.cell]}${row.arm === null ? '' : `, ${row.arm}`} · AUC ${decimal(row.methods[OURS]?.auc)} · log-loss ${decimal(row.methods[OURS]?.logLoss)}`,
        ],
        methodTable(row),
      ),
    ),
  );
}

function methodTable(row: ReportRow): Node {
  const entries = Object.entries(row.methods).sort(
    ([a, own], [b, other]) =>
      Number(b === OURS) - Number(a === OURS) || (own.logLoss ?? 0) - (other.logLoss ?? 0),
  );
  type Entry = (typeof entries)[number];
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'note' },
      `${count(row.models)} models, ${count(row.queries)} queries, ${count(row.cells)} answers`,
    ),
    table<Entry>(
      [
        { title: 'method', numeric: false, cell: ([method]) => methodTitle(method) },
        { title: 'AUC', cell: ([, own]) => decimal(own.auc) },
        { title: 'AUC within benchmark', cell: ([, own]) => decimal(own.aucWithinBenchmark) },
        { title: 'log-loss', cell: ([, own]) => decimal(own.logLoss, 4) },
        { title: 'Brier', cell: ([, own]) => decimal(own.brier, 4) },
        { title: 'ECE', cell: ([, own]) => decimal(own.ece) },
        { title: 'accuracy MAE', cell: ([, own]) => decimal(own.accuracyMae) },
        { title: '90% intervals hold', cell: ([, own]) => percent(own.accuracyCoverage) },
      ],
      entries,
      ([method]) => method === OURS,
    ),
  );
}

/** What was left out, and how to read the figures. */
export function particulars(report: EvaluationReport): Node {
  const { protocol } = report;
  return h(
    'section',
    { id: 'particulars' },
    h('h2', {}, 'What was left out, and what the figures mean'),
    table(
      [
        { title: 'data set', numeric: false, cell: ({ name }) => name },
        { title: 'queries', cell: ({ queries }) => count(queries) },
        { title: 'held out', cell: ({ heldOutQueries }) => count(heldOutQueries) },
        { title: 'models', cell: ({ models }) => count(models) },
        { title: 'answers', cell: ({ outcomes }) => count(outcomes) },
        { title: 'costs', numeric: false, cell: ({ costs }) => costs },
        {
          title: 'left-out models',
          numeric: false,
          cell: ({ leftOutModels }) => leftOutModels.join(', ') || '–',
        },
      ],
      report.data,
    ),
    report.leftOutFamilies.length === 0
      ? null
      : h('p', {}, `Left-out families: ${report.leftOutFamilies.join(', ')}.`),
    report.groups.length === 0
      ? null
      : details(
          'Left-out benchmark groups',
          table(
            [
              { title: 'group', numeric: false, cell: ({ name }) => name },
              { title: 'queries', cell: ({ queries }) => count(queries) },
              {
                title: 'benchmarks',
                numeric: false,
                cell: ({ benchmarks }) => benchmarks.join(', '),
              },
            ],
            report.groups,
          ),
        ),
    h(
      'dl',
      { class: 'terms' },
      TERMS.map(([term, meaning]) => [h('dt', {}, term), h('dd', {}, meaning)]),
    ),
    details(
      'Latent spaces',
      h(
        'ul',
        {},
        Object.entries(protocol.spaces).map(([name, version]) =>
          h('li', {}, `${name}: `, h('code', {}, version)),
        ),
      ),
    ),
  );
}

const TERMS: readonly (readonly [string, string])[] = [
  [
    'Held-out',
    'A fifth of the questions, with every copy of a question in another format or data set on the same side.',
  ],
  [
    'New models',
    'Whole families in all data sets. They are onboarded from recorded answers to a few anchors, by the same command that a user runs.',
  ],
  [
    'New benchmarks',
    'A whole data set, or a family of similar tasks inside one, is left out, together with the same questions and the same benchmark elsewhere. A model that only the left-out data set knows by name is represented by its subjects of other data sets.',
  ],
  [
    'AUC',
    'How often a solved query is ranked above a failed one, within a model; mean over models.',
  ],
  [
    'ECE',
    'Expected calibration error: mean gap between forecast and score over bins of forecasts.',
  ],
  ['Accuracy MAE', 'Mean over models of the gap between mean forecast and mean score.'],
  [
    '90% intervals hold',
    'Share of models whose mean score lies in the interval that independent answers with these probabilities would give: errors that a model’s answers share make it fall below 90%.',
  ],
  [
    'QNC',
    'Quality-neutral cost: cost at which a router is as accurate as the best single model, relative to that model’s cost.',
  ],
];
