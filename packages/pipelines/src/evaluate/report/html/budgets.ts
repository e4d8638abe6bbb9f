import type { Node, SeriesStyle } from '@zerorouter/report-page';
import {
  Plot,
  draw,
  figure,
  h,
  interval,
  legend,
  percent,
  signed,
  table,
  usdPerThousand,
} from '@zerorouter/report-page';
import type { ReportBudget, ReportRouting } from '../report-schema.js';

interface Point {
  readonly costUsd: number;
  readonly accuracy: number;
}

/** The ways to spend a budget, in the order in which they are drawn: the last lies on top. */
const WAYS: readonly (SeriesStyle & { readonly point: (budget: ReportBudget) => Point | null })[] =
  [
    {
      title: 'oracle',
      color: 'var(--faint)',
      dash: '',
      point: ({ oracle }) => oracle,
    },
    {
      title: 'best single, mixed with the cheapest',
      color: 'var(--amber)',
      dash: '4,3',
      point: ({ bestSingle }) => bestSingle,
    },
    {
      title: 'per-query utility',
      color: 'var(--violet)',
      dash: '4,3',
      point: ({ utility }) => utility,
    },
    { title: 'bulk', color: 'var(--ours)', dash: '', point: ({ bulk }) => bulk },
  ];

/** Accuracy against cost at a few budgets; null where there are none. */
export function budgetFigures({ group, budgets }: ReportRouting): Node | null {
  if (budgets.length === 0) return null;
  return h(
    'div',
    { class: 'budgets' },
    h('h4', {}, 'Under a budget'),
    h(
      'p',
      {},
      'Budgets lie between what the cheapest and the best single model are predicted to cost. Single model and utility weight are chosen on training answers, the bulk is optimised on forecasts; accuracy and cost are what came of it. The oracle asks the cheapest model that is right. “Bulk − utility” compares them at the cost that the bulk came to, with the 95% interval of the paired bootstrap.',
    ),
    legend(WAYS),
    budgetPlot(group, budgets),
    budgetTable(budgets),
  );
}

function budgetPlot(group: string, budgets: readonly ReportBudget[]): Node {
  const marks = WAYS.flatMap(({ point, color, dash }): Plot.Markish[] => {
    const points = budgets.flatMap((budget) => {
      const own = point(budget);
      return own === null ? [] : [{ cost: 1000 * own.costUsd, accuracy: own.accuracy }];
    });
    const channels = { x: 'cost', y: 'accuracy' };
    return [
      Plot.line(points, {
        ...channels,
        stroke: color,
        strokeWidth: 1.5,
        ...(dash === '' ? {} : { strokeDasharray: dash }),
      }),
      Plot.dot(points, { ...channels, fill: color, r: 3 }),
    ];
  });
  return figure(
    `accuracy over mean cost, ${budgets.length} budgets`,
    draw(`Accuracy under a budget, ${group}`, {
      width: 600,
      height: 260,
      marginLeft: 44,
      marginRight: 30,
      x: {
        type: 'log',
        label: 'USD per 1,000 queries, logarithmic',
        labelArrow: 'none',
        ticks: 6,
        tickFormat: '~g',
      },
      y: { label: null, grid: true, tickFormat: '.0%', nice: true },
      marks,
    }),
  );
}

function budgetTable(budgets: readonly ReportBudget[]): Node {
  const spread = (point: Point | null) =>
    point === null ? '–' : `${percent(point.accuracy, 1)} at ${usdPerThousand(point.costUsd)}`;
  return table<ReportBudget>(
    [
      { title: 'budget, 1,000 queries', cell: ({ budgetUsd }) => usdPerThousand(budgetUsd) },
      {
        title: 'single model',
        numeric: false,
        cell: ({ bestSingle: { model, share } }) =>
          share === 1 ? model : `${model}, ${percent(share)} of the queries`,
      },
      { title: 'best single', cell: ({ bestSingle }) => spread(bestSingle) },
      { title: 'per-query utility', cell: ({ utility }) => spread(utility) },
      { title: 'bulk', cell: ({ bulk }) => spread(bulk) },
      { title: 'oracle', cell: ({ oracle }) => spread(oracle) },
      {
        title: 'bulk − utility, matched cost',
        cell: ({ bulkMinusUtility: { value, interval: ends } }) =>
          `${signed(value)} ${interval(ends)}`,
      },
      {
        title: 'utility spent ÷ budget',
        cell: ({ utility, budgetUsd }) =>
          utility === null ? '–' : percent(utility.costUsd / budgetUsd),
      },
      {
        title: 'bulk spent ÷ budget',
        cell: ({ bulk, budgetUsd }) => percent(bulk.costUsd / budgetUsd),
      },
    ],
    budgets,
  );
}
