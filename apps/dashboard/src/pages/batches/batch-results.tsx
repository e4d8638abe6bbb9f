import { Stack, Text } from '@mantine/core';
import type { BatchResult, BatchView } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatCount, formatMs, formatPercent, formatUsd, UNKNOWN } from '../../format/format.js';
import { readResults } from './read-results.js';

/** Results that the page reads; the file has all of them. */
const MOST_SHOWN = 20_000;

const COLUMNS: readonly Column<BatchResult>[] = [
  {
    key: 'item',
    header: 'Item',
    width: 170,
    cell: ({ custom_id }) => <span title={custom_id}>{custom_id}</span>,
  },
  {
    key: 'status',
    header: 'State',
    cell: ({ status }) => <StateBadge state={status} />,
    width: 140,
  },
  {
    key: 'model',
    header: 'Model',
    width: 240,
    cell: ({ model }) => model ?? UNKNOWN,
    sortValue: ({ model }) => model,
  },
  {
    key: 'accuracy',
    header: 'P(correct)',
    cell: ({ p_correct }) => formatPercent(p_correct),
    sortValue: ({ p_correct }) => p_correct,
    align: 'right',
    width: 110,
  },
  {
    key: 'cost',
    header: 'Cost',
    cell: ({ cost_usd }) => formatUsd(cost_usd),
    sortValue: ({ cost_usd }) => cost_usd,
    align: 'right',
    width: 110,
  },
  {
    key: 'latency',
    header: 'Latency',
    cell: ({ latency_ms }) => formatMs(latency_ms),
    sortValue: ({ latency_ms }) => latency_ms,
    align: 'right',
    width: 110,
  },
  {
    key: 'error',
    header: 'Error',
    width: 220,
    cell: ({ error }) => <span title={error?.message}>{error?.message ?? ''}</span>,
    sortValue: ({ error }) => error?.code ?? null,
  },
];

/** What each item of a batch that has ended came to. */
export function BatchResults({ batch }: { batch: BatchView }) {
  const query = useQuery({
    queryKey: ['batches', batch.id, 'results'],
    queryFn: ({ signal }) => readResults(batch.id, MOST_SHOWN, signal),
    // They do not change any more.
    staleTime: Infinity,
  });
  return (
    <Panel
      title="Results"
      about="Item by item, in their order; sort by a column to find the odd ones."
    >
      <QueryView query={query}>
        {(results) => (
          <Stack gap="xs">
            <DataTable
              label="Results"
              rows={results}
              rowKey={({ index }) => String(index)}
              columns={COLUMNS}
            />
            {results.length < batch.counts.total && (
              <Text size="sm" c="dimmed">
                The first {formatCount(results.length)} of {formatCount(batch.counts.total)}: the
                download has all of them.
              </Text>
            )}
          </Stack>
        )}
      </QueryView>
    </Panel>
  );
}
