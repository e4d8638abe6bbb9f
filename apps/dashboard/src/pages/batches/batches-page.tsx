import { Anchor, Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { batchPageSchema } from '@zerorouter/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../../api/client.js';
import { DataTable } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';
import { Loading } from '../../components/loading.js';
import { PageHeader } from '../../components/page-header.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatCount, formatDateTime, formatPercent, formatUsd } from '../../format/format.js';
import { NewBatch } from './new-batch.js';

const UNDER_WAY_MS = 3_000;

export function BatchesPage() {
  const [adding, { open, close }] = useDisclosure(false);
  const query = useInfiniteQuery({
    queryKey: ['batches', 'list'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      get('/v1/route/batches', batchPageSchema, {
        signal,
        query: { limit: 50, before: pageParam },
      }),
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(({ finished_at }) => finished_at === null))
        ? UNDER_WAY_MS
        : false,
  });
  const batches = query.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Stack>
      <PageHeader
        title="Batches"
        about="Many queries routed together, under a budget, capacities or an accuracy of the whole."
        actions={
          <Button leftSection={<Icon name="upload" />} onClick={open}>
            Upload a batch
          </Button>
        }
      />
      <NewBatch opened={adding} onClose={close} />
      {query.isPending && <Loading />}
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && batches.length === 0 && (
        <EmptyState title="You have no batch yet" icon="layers">
          Upload a file with one JSON object a line, each with a custom_id and a query.
        </EmptyState>
      )}
      {batches.length > 0 && (
        <DataTable
          label="Batches"
          rows={batches}
          rowKey={({ id }) => id}
          onEnd={() => {
            if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
          }}
          columns={[
            {
              key: 'created',
              header: 'Uploaded',
              width: 190,
              cell: ({ id, created_at }) => (
                <Anchor component={Link} size="sm" to={`/batches/${id}`}>
                  {formatDateTime(created_at)}
                </Anchor>
              ),
            },
            {
              key: 'state',
              header: 'State',
              cell: ({ state }) => <StateBadge state={state} />,
              width: 130,
            },
            {
              key: 'progress',
              header: 'Done',
              cell: ({ progress }) => formatPercent(progress, 0),
              align: 'right',
              width: 80,
            },
            {
              key: 'items',
              header: 'Items',
              cell: ({ counts }) => formatCount(counts.total),
              align: 'right',
              width: 100,
            },
            { key: 'policy', header: 'Policy', cell: ({ policy }) => policy.label },
            {
              key: 'accuracy',
              header: 'Expected accuracy',
              cell: ({ totals }) => formatPercent(totals?.mean_accuracy),
              align: 'right',
            },
            {
              key: 'cost',
              header: 'Predicted cost',
              cell: ({ totals }) => formatUsd(totals?.cost_usd),
              align: 'right',
              width: 130,
            },
          ]}
        />
      )}
    </Stack>
  );
}
