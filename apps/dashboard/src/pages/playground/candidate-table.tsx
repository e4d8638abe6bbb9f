import type { RouteCandidate } from '@zerorouter/contracts';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { IntervalBar } from '../../components/interval-bar.js';
import { formatCount, formatMs, formatNumber, formatUsd } from '../../format/format.js';

const COLUMNS: readonly Column<RouteCandidate>[] = [
  {
    key: 'model',
    header: 'Model',
    width: 260,
    cell: ({ model }) => <span title={model}>{model}</span>,
    sortValue: ({ model }) => model,
  },
  {
    key: 'p',
    header: 'P(correct)',
    width: 220,
    cell: ({ p_correct, interval }) => <IntervalBar value={p_correct} interval={interval} />,
    sortValue: ({ p_correct }) => p_correct,
  },
  {
    key: 'cost',
    header: 'Cost',
    align: 'right',
    width: 110,
    cell: ({ cost_usd }) => formatUsd(cost_usd),
    sortValue: ({ cost_usd }) => cost_usd,
  },
  {
    key: 'latency',
    header: 'Latency',
    align: 'right',
    width: 110,
    cell: ({ latency_ms }) => formatMs(latency_ms),
    sortValue: ({ latency_ms }) => latency_ms,
  },
  {
    key: 'tokens',
    header: 'Output tokens',
    align: 'right',
    width: 130,
    cell: ({ output_tokens }) => formatCount(output_tokens),
    sortValue: ({ output_tokens }) => output_tokens,
  },
  {
    key: 'utility',
    header: 'Utility',
    align: 'right',
    width: 100,
    cell: ({ utility }) => formatNumber(utility),
    sortValue: ({ utility }) => utility,
  },
  {
    key: 'excluded',
    header: 'Excluded because',
    width: 240,
    cell: ({ excluded }) => <span title={excluded}>{excluded ?? ''}</span>,
    sortValue: ({ excluded }) => excluded ?? null,
  },
];

export function CandidateTable(props: { candidates: readonly RouteCandidate[]; chosen: string }) {
  const { candidates, chosen } = props;
  return (
    <DataTable
      label="Candidates"
      rows={candidates}
      columns={COLUMNS}
      rowKey={({ model }) => model}
      isMarked={({ model }) => model === chosen}
    />
  );
}
