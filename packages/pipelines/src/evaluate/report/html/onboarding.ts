import type { Node } from '@zerorouter/report-page';
import {
  Plot,
  count,
  decimal,
  details,
  draw,
  figure,
  h,
  legend,
  percent,
  table,
} from '@zerorouter/report-page';
import type { EvaluationReport, ReportCurve } from '../report-schema.js';
import { CELL_TITLES } from './overview.js';
import { methodTitle, styleOf } from './series.js';

type CurvePoint = ReportCurve['points'][number];

const FIGURES = [
  { key: 'logLoss', title: 'log-loss' },
  { key: 'auc', title: 'AUC within model' },
  { key: 'accuracyMae', title: 'accuracy, mean absolute error' },
] as const;

/** How fast a new model is learnt: means over data sets first, each of them behind a fold. */
export function onboardingFigures({ onboarding }: EvaluationReport): Node | null {
  const cells = [...new Set(onboarding.map(({ cell }) => cell))];
  const drawn = onboarding.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  return h(
    'section',
    { id: 'onboarding' },
    h('h2', {}, 'How many anchors a new model needs'),
    h(
      'p',
      {},
      'Models of left-out families answer N anchors, chosen in one of several designs (solid); the baselines learn from exactly the answers to the random anchors (dashed). Nothing else of these models is known to anyone.',
    ),
    cells.map((cell) => {
      const own = drawn.filter((curve) => curve.cell === cell);
      if (own.length === 0) return null;
      const average = meanCurve(own);
      return [
        h(
          'h3',
          {},
          CELL_TITLES[cell],
          h('small', {}, ` mean over ${own.length} ${own.length === 1 ? 'group' : 'groups'}`),
        ),
        legend(solidFirst([...new Set(average.map(({ series }) => series))]).map(styleOf)),
        h('div', { class: 'grid' }, curvePlots(average, CELL_TITLES[cell])),
        own.length === 1 ? null : details('Each group', own.map(ownCurve)),
        details('The figures', curveTable(average)),
      ];
    }),
  );
}

function ownCurve(curve: ReportCurve): Node {
  return h(
    'div',
    {},
    h(
      'h4',
      {},
      curve.group,
      h('small', {}, ` ${count(curve.models)} models, ${count(curve.queries)} judged queries`),
    ),
    h('div', { class: 'grid' }, curvePlots(curve.points, curve.group)),
  );
}

function solidFirst(series: readonly string[]): string[] {
  return [...series].sort(
    (a, b) => Number(styleOf(b).dash === '') - Number(styleOf(a).dash === ''),
  );
}

function curvePlots(points: readonly CurvePoint[], label: string): Node[] {
  return FIGURES.map(({ key, title }) => {
    const known = points.filter((point) => point[key] !== null);
    const series = [...new Set(known.map((point) => point.series))];
    const counts = [...new Set(known.map(({ anchors }) => anchors))].sort((a, b) => a - b);
    // Baselines first, ours on top.
    const layers = solidFirst(series).reverse();
    return figure(
      title,
      draw(`${title} over anchors, ${label}`, {
        width: 330,
        height: 250,
        marginLeft: 42,
        x: {
          // Numbers of anchors roughly double: equal steps, labelled.
          type: 'point',
          domain: counts,
          label: 'anchors',
          labelArrow: 'none',
        },
        y: { label: null, grid: true, ticks: 6 },
        marks: layers.flatMap((name) => {
          const { color, dash } = styleOf(name);
          const own = known.filter((point) => point.series === name);
          const channels = { x: 'anchors', y: key };
          return [
            Plot.line(own, {
              ...channels,
              stroke: color,
              strokeWidth: name === 'adaptive' ? 2.5 : 1.5,
              ...(dash === '' ? {} : { strokeDasharray: dash }),
            }),
            Plot.dot(own, { ...channels, fill: color, r: dash === '' ? 2.5 : 1.5 }),
          ];
        }),
      }),
    );
  });
}

/** Points that every curve has, averaged with equal weight. */
function meanCurve(curves: readonly ReportCurve[]): CurvePoint[] {
  const [first, ...others] = curves;
  return first!.points.flatMap((point) => {
    const same = [point];
    for (const { points } of others) {
      const other = points.find(
        ({ series, anchors }) => series === point.series && anchors === point.anchors,
      );
      if (other === undefined) return [];
      same.push(other);
    }
    const mean = (pick: (own: CurvePoint) => number | null): number | null => {
      const known = same.map(pick).filter((value) => value !== null);
      return known.length === 0
        ? null
        : known.reduce((sum, value) => sum + value, 0) / known.length;
    };
    const mae = mean(({ expectedAccuracy }) => expectedAccuracy?.mae ?? null);
    const coverage = mean(({ expectedAccuracy }) => expectedAccuracy?.coverage ?? null);
    return [
      {
        series: point.series,
        anchors: point.anchors,
        logLoss: mean(({ logLoss }) => logLoss)!,
        auc: mean(({ auc }) => auc),
        accuracyMae: mean(({ accuracyMae }) => accuracyMae)!,
        expectedAccuracy: mae === null || coverage === null ? null : { mae, coverage },
      },
    ];
  });
}

function curveTable(points: readonly CurvePoint[]): Node {
  return table<CurvePoint>(
    [
      { title: 'design or baseline', numeric: false, cell: ({ series }) => methodTitle(series) },
      { title: 'anchors', cell: ({ anchors }) => anchors },
      { title: 'log-loss', cell: ({ logLoss }) => decimal(logLoss) },
      { title: 'AUC', cell: ({ auc }) => decimal(auc) },
      { title: 'accuracy MAE', cell: ({ accuracyMae }) => decimal(accuracyMae) },
      {
        title: 'expected accuracy, MAE',
        cell: ({ expectedAccuracy }) => decimal(expectedAccuracy?.mae),
      },
      {
        title: 'its 90% interval holds',
        cell: ({ expectedAccuracy }) => percent(expectedAccuracy?.coverage),
      },
    ],
    points,
    ({ series }) => series === 'adaptive',
  );
}
