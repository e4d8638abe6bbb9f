import { Anchor, Button, Stack, Text } from '@mantine/core';
import { decisionPageSchema } from '@zerorouter/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { get } from '../../api/client.js';
import { DataTable } from '../../components/data-table.js';
import type { Column } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';
import { Loading } from '../../components/loading.js';
import { PageHeader } from '../../components/page-header.js';
import {
  formatDateTime,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../format/format.js';
import { DecisionFilterForm } from './decision-filter-form.js';
import { toDecisionQuery } from './decision-filter.js';
import { toDecisionRow } from './decision-row.js';
import type { DecisionRow } from './decision-row.js';

const COLUMNS: readonly Column<DecisionRow>[] = [
  {
    key: 'time',
    header: 'Time',
    width: 210,
    cell: ({ id, at }) => (
      <Anchor component={Link} size="sm" to={`/decisions/${id}`}>
        {formatDateTime(at)}
      </Anchor>
    ),
  },
  { key: 'model', header: 'Model', cell: ({ model }) => model, width: 210 },
  { key: 'policy', header: 'Policy', cell: ({ policy }) => policy, width: 120 },
  {
    key: 'accuracy',
    header: 'P(correct)',
    cell: ({ accuracy }) => formatPercent(accuracy),
    sortValue: ({ accuracy }) => accuracy,
    align: 'right',
    width: 100,
  },
  {
    key: 'cost',
    header: 'Cost',
    cell: ({ costUsd }) => formatUsd(costUsd),
    sortValue: ({ costUsd }) => costUsd,
    align: 'right',
    width: 100,
  },
  {
    key: 'latency',
    header: 'Latency',
    cell: ({ latencyMs }) => formatMs(latencyMs),
    sortValue: ({ latencyMs }) => latencyMs,
    align: 'right',
    width: 100,
  },
  {
    key: 'difficulty',
    header: 'Difficulty',
    cell: ({ difficulty }) => formatNumber(difficulty),
    sortValue: ({ difficulty }) => difficulty,
    align: 'right',
    width: 100,
  },
  {
    key: 'home',
    header: 'In domain',
    cell: ({ inDomain }) => formatPercent(inDomain, 0),
    sortValue: ({ inDomain }) => inDomain,
    align: 'right',
    width: 100,
  },
];

/** A page of the API; the table fetches the next one before its end comes into view. */
const PAGE = 100;

export function DecisionsPage() {
  const filter = useSearch({ from: '/decisions' });
  const query = useInfiniteQuery({
    queryKey: ['decisions', 'list', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ signal, pageParam }) => {
      const { data, next } = await get('/admin/v1/decisions', decisionPageSchema, {
        signal,
        query: { ...toDecisionQuery(filter), limit: PAGE, before: pageParam },
      });
      // Every decision has a candidate for every model: only what the table shows is kept.
      return { rows: data.map(toDecisionRow), next };
    },
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchOnWindowFocus: false,
  });
  const { data } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  return (
    <Stack>
      <PageHeader
        title="Decisions"
        about="Every answered request: what was chosen, under which policy, and why. Texts are not kept."
        actions={
          <Button
            variant="default"
            leftSection={<Icon name="refresh" />}
            loading={query.isRefetching && !query.isFetchingNextPage}
            onClick={() => void query.refetch()}
          >
            Refresh
          </Button>
        }
      />
      <DecisionFilterForm filter={filter} />
      {query.isPending && <Loading lines={8} height={32} />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && rows.length === 0 && (
        <EmptyState title="No decision is like that" icon="list">
          {Object.keys(filter).length === 0
            ? 'There will be one for every request to /v1/route and /v1/chat/completions.'
            : 'Ask for less, or for another time.'}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <>
          <DataTable
            label="Decisions"
            rows={rows}
            rowKey={({ id }) => id}
            maxHeight={640}
            hasMore={query.hasNextPage}
            onEnd={() => {
              if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
            }}
            columns={COLUMNS}
          />
          <Text size="sm" c="dimmed" role="status">
            {rows.length.toLocaleString('en-US')} loaded
            {query.isFetchingNextPage
              ? ', more are coming'
              : query.hasNextPage
                ? ': scroll to its end for more'
                : ': these are all'}
          </Text>
        </>
      )}
    </Stack>
  );
}
