import type { Node } from '@zerorouter/report-page';
import {
  count,
  decimal,
  h,
  interval,
  legend,
  percent,
  signed,
  signedPercent,
  table,
  usdPerThousand,
} from '@zerorouter/report-page';
import { OURS, familyOf } from '../../baselines/methods.js';
import type { EvaluationReport, ReportRouting } from '../report-schema.js';
import { budgetFigures } from './budgets.js';
import { onboardedFigures } from './onboarded-routing.js';
import { CELL_TITLES } from './overview.js';
import { methodTitle, styleOf } from './series.js';
import { routingPlot } from './routing-plot.js';

type Router = ReportRouting['routers'][number];
interface Point {
  readonly costUsd: number;
  readonly accuracy: number;
}

/** Accuracy over cost for every data set with known costs. */
export function routingFigures({ routing, onboardedRouting }: EvaluationReport): Node | null {
  if (routing.length === 0) return null;
  return h(
    'section',
    { id: 'routing' },
    h('h2', {}, 'What routing is worth'),
    h(
      'p',
      {},
      'Every router is swept from “accuracy alone” to “cost alone”; the line is the non-decreasing hull of what it realised. AIQ is the area beneath, over the costs from the cheapest to the dearest single model. “Applied” points were chosen on training answers and applied once: the most accurate that costs no more than the best single model, and the cheapest that is as accurate. A known model’s training answers are part of what ours learnt from.',
    ),
    routing.map(routingBlock),
    onboardedFigures(onboardedRouting),
  );
}

function routingBlock(row: ReportRouting): Node {
  const shown = bestOfFamilies(row);
  return h(
    'div',
    { class: 'routing' },
    h(
      'h3',
      {},
      `${row.group} `,
      h(
        'small',
        {},
        `${CELL_TITLES[row.cell]} · ${row.models.length} candidates, ${count(row.queries)} queries · costs ${row.costBasis === 'derived' ? 'from list prices and answer lengths' : 'as recorded'}`,
      ),
    ),
    legend([
      ...shown.map(({ router }) => styleOf(router)),
      { title: 'oracle', color: 'var(--faint)', dash: '' },
    ]),
    h('div', { class: 'wide-grid' }, routingPlot(row, shown), facts(row)),
    routerTable(row, shown),
    budgetFigures(row),
  );
}

/** Ours and the setting of each family with the largest AIQ. */
function bestOfFamilies({ routers }: ReportRouting): Router[] {
  const best = new Map<string, Router>();
  for (const router of routers) {
    const name = familyOf(router.router)?.name ?? router.router;
    const held = best.get(name);
    if (held === undefined || router.aiq > held.aiq) best.set(name, router);
  }
  return [...best.values()].sort(
    (a, b) => Number(b.router === OURS) - Number(a.router === OURS) || b.aiq - a.aiq,
  );
}

function facts(row: ReportRouting): Node {
  const ours = row.routers.find(({ router }) => router === OURS)!;
  const { aiqDifference } = row;
  const spread = (point: Point) =>
    `${percent(point.accuracy, 1)} at ${usdPerThousand(point.costUsd)}`;
  const entries: [string, string][] = [
    ['best single', `${row.strongest}: ${spread(row.bestSingle)}`],
    ['cheapest', spread(row.cheapest)],
    ['random', spread(row.random)],
    ['oracle', spread(row.oracle)],
    ['AIQ, ours', decimal(ours.aiq)],
    ['AIQ, single models mixed by chance, in hindsight', decimal(row.singlesAiq)],
    ...(aiqDifference === null
      ? []
      : ([
          [
            `AIQ, ours − ${methodTitle(aiqDifference.method)}`,
            `${signed(aiqDifference.value)} ${interval(aiqDifference.interval)}`,
          ],
        ] as [string, string][])),
    ...row.costs.map(({ method, totalRatio, logError }): [string, string] => [
      `cost by ${COST_METHODS[method] ?? method}`,
      `predicted ÷ realised ${totalRatio.toFixed(2)}, mean |ln ratio| ${logError.toFixed(2)}`,
    ]),
  ];
  return h(
    'dl',
    { class: 'facts' },
    entries.map(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]),
  );
}

const COST_METHODS: Readonly<Record<string, string>> = {
  zerorouter: 'ZeroRouter',
  'model-mean': 'model mean',
  'quantile-bins': 'difficulty bins (paper)',
};

function routerTable(row: ReportRouting, shown: readonly Router[]): Node {
  const applied = (pick: (router: Router) => Router['applied']['matchedCost']) => ({
    text: (router: Router) => {
      const point = pick(router);
      if (point === null) return '–';
      return `${signedPercent(point.accuracyGain)} at ${percent(point.costRatio)} of the cost`;
    },
    ratio: (router: Router) => {
      const point = pick(router);
      return point === null ? '–' : (point.costUsd / point.predictedCostUsd).toFixed(2);
    },
  });
  const matchedCost = applied(({ applied: own }) => own.matchedCost);
  const matchedAccuracy = applied(({ applied: own }) => own.matchedAccuracy);
  return table<Router>(
    [
      { title: 'router', numeric: false, cell: ({ router }) => methodTitle(router) },
      { title: 'AIQ', cell: ({ aiq }) => decimal(aiq) },
      {
        title: 'accuracy at the best single’s cost',
        cell: ({ accuracyAtMatchedCost }) => percent(accuracyAtMatchedCost, 1),
      },
      {
        title: 'cost at its accuracy (QNC)',
        cell: ({ qualityNeutralCost }) =>
          qualityNeutralCost === null ? 'never' : percent(qualityNeutralCost),
      },
      { title: 'gap to oracle', cell: ({ gapToOracle }) => percent(gapToOracle, 1) },
      {
        title: 'share of the strongest',
        cell: ({ shareStrongest }) => percent(shareStrongest),
      },
      { title: 'applied, matched cost', cell: matchedCost.text },
      { title: 'applied, matched accuracy', cell: matchedAccuracy.text },
      { title: 'realised ÷ predicted cost', cell: matchedAccuracy.ratio },
    ],
    shown,
    ({ router }) => router === OURS,
  );
}
