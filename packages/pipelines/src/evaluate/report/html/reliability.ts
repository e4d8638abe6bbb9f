import type { Node } from '@zerorouter/report-page';
import { Plot, count, decimal, draw, figure, h, legend } from '@zerorouter/report-page';
import { OURS } from '../../baselines/methods.js';
import type { EvaluationReport, ReportRow } from '../report-schema.js';
import { CELL_TITLES } from './overview.js';
import { methodTitle, styleOf } from './series.js';

/** A reliability diagram for every row. */
export function reliabilityFigures({ rows }: EvaluationReport): Node {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const key = `${CELL_TITLES[row.cell]}${row.arm === null ? '' : `: ${row.arm}`}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return h(
    'section',
    { id: 'reliability' },
    h('h2', {}, 'Is a forecast of 70% right seven times in ten?'),
    h(
      'p',
      {},
      'Mean score over mean forecast, in fifteen bins of forecasts. On the diagonal forecasts mean what they say; beneath it they are too sure. A dot’s area is its share of the answers.',
    ),
    legend([
      styleOf(OURS),
      { title: 'the simple method of the least log-loss', color: 'var(--grey)', dash: '4,3' },
    ]),
    [...groups].map(([title, own]) => [
      h('h3', {}, title),
      h('div', { class: 'grid' }, own.map(reliabilityDiagram)),
    ]),
  );
}

/** A bin of fewer answers says nothing. */
const FEWEST_IN_BIN = 5;

function reliabilityDiagram(row: ReportRow): Node {
  const bins = Object.entries(row.reliability).map(([method, own]) => ({
    method,
    points: own.filter((bin) => bin.cells >= FEWEST_IN_BIN),
  }));
  const simple = bins.find(({ method }) => method !== OURS);
  const marks: Plot.Markish[] = [
    Plot.line(
      [
        [0, 0],
        [1, 1],
      ],
      { stroke: 'currentColor', strokeOpacity: 0.35 },
    ),
  ];
  // Ours last, on top.
  for (const { method, points } of [...bins].reverse()) {
    const ours = method === OURS;
    const color = ours ? 'var(--ours)' : 'var(--grey)';
    marks.push(
      Plot.line(points, {
        x: 'forecast',
        y: 'score',
        stroke: color,
        ...(ours ? {} : { strokeDasharray: '4,3' }),
      }),
      Plot.dot(points, { x: 'forecast', y: 'score', r: 'cells', fill: color, fillOpacity: 0.75 }),
    );
  }
  return figure(
    row.group,
    draw(`Reliability of forecasts, ${row.group}`, {
      width: 240,
      height: 220,
      marginLeft: 34,
      x: { domain: [0, 1], label: 'forecast', ticks: 5, labelArrow: 'none' },
      y: { domain: [0, 1], label: 'score', ticks: 5, grid: true, labelArrow: 'none' },
      r: { range: [1.5, 6] },
      marks,
    }),
    `ECE ${decimal(row.methods[OURS]?.ece)}${
      simple === undefined
        ? ''
        : ` · ${methodTitle(simple.method)} ${decimal(row.methods[simple.method]?.ece)}`
    } · ${count(row.cells)} answers`,
  );
}
