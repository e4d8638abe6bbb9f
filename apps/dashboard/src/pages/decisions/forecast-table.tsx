import type { RouteExplanation } from '@zerorouter/contracts';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { formatNumber } from '../../format/format.js';

type Explained = RouteExplanation['candidates'][number];

/** Axis by axis: what a model's ability brings on this query, and what its difficulty takes. */
export function ForecastTable(props: { explanation: RouteExplanation; chosen: string }) {
  const { explanation, chosen } = props;
  const dimensions = explanation.candidates[0]?.contributions.length ?? 0;
  const columns: Column<Explained>[] = [
    { key: 'model', header: 'Model', cell: ({ model }) => model, width: 250 },
    ...Array.from({ length: dimensions }, (_, k): Column<Explained> => ({
      key: `axis ${k}`,
      header: `Axis ${k + 1}`,
      cell: ({ contributions }) => signed(contributions[k]),
      sortValue: ({ contributions }) => contributions[k] ?? null,
      align: 'right',
      width: 80,
    })),
    {
      key: 'difficulty',
      header: 'Difficulty',
      cell: () => signed(-explanation.difficulty),
      align: 'right',
      width: 100,
    },
    {
      key: 'logit',
      header: 'Logit',
      cell: ({ logit }) => signed(logit),
      sortValue: ({ logit }) => logit,
      align: 'right',
      width: 80,
    },
    {
      key: 'deviation',
      header: '± (s.d.)',
      cell: ({ variance }) => formatNumber(Math.sqrt(variance)),
      sortValue: ({ variance }) => variance,
      align: 'right',
      width: 100,
    },
  ];
  return (
    <DataTable
      label="How each forecast came about"
      rows={explanation.candidates}
      rowKey={({ model }) => model}
      isMarked={({ model }) => model === chosen}
      columns={columns}
      maxHeight={360}
    />
  );
}

function signed(value: number | undefined): string {
  return value === undefined ? '' : `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
