import type { Node } from '@zerorouter/report-page';
import { count, decimal, h, interval, percent, signed, table } from '@zerorouter/report-page';
import type { ReportOnboardedRouting } from '../report-schema.js';
import { CELL_TITLES } from './overview.js';

/** How much of the fully labelled router's gain a few anchors give; null where nothing was routed. */
export function onboardedFigures(rows: readonly ReportOnboardedRouting[]): Node | null {
  if (rows.length === 0) return null;
  const lines = rows.flatMap((row) => row.points.map((point) => ({ row, point })));
  return h(
    'div',
    { class: 'onboarded-routing' },
    h('h3', {}, 'Onboarded, then routed'),
    h(
      'p',
      {},
      'The new models are known by their anchors alone. The gain of a router is its AIQ above that of the strongest and the cheapest model mixed by chance; its share is of what the same router gains with all of the new models’ answers. The difference is against that router, with the 95% interval of the paired bootstrap.',
    ),
    table<(typeof lines)[number]>(
      [
        {
          title: 'data set',
          numeric: false,
          cell: ({ row }) => `${row.group}, ${CELL_TITLES[row.cell]}`,
        },
        {
          title: 'candidates',
          numeric: false,
          cell: ({ row }) =>
            row.pool === 'all'
              ? `${row.models}, ${row.newcomers} of them new`
              : `the ${row.newcomers} new ones`,
        },
        { title: 'queries', cell: ({ row }) => count(row.queries) },
        { title: 'anchors', cell: ({ point }) => count(point.anchors) },
        { title: 'AIQ', cell: ({ point }) => decimal(point.aiq) },
        {
          title: 'all labels',
          cell: ({ row }) => `${decimal(row.labelled.aiq)} (${count(row.labelled.labels)})`,
        },
        { title: 'mixed', cell: ({ row }) => decimal(row.mixedAiq) },
        { title: 'share of the gain', cell: ({ point }) => percent(point.gainShare) },
        {
          title: 'difference',
          cell: ({ point }) => `${signed(point.difference)} ${interval(point.interval)}`,
        },
        {
          title: 'predicted ÷ realised cost',
          cell: ({ point }) => point.costRatio.toFixed(2),
        },
      ],
      lines,
    ),
  );
}
