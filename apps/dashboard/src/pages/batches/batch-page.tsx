import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { batchSchema } from '@zerorouter/contracts';
import type { BatchView } from '@zerorouter/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { get, send } from '../../api/client.js';
import { ConfirmButton } from '../../components/confirm-button.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatCount, formatDateTime, formatPercent } from '../../format/format.js';
import { useFollowed } from '../../live/use-followed.js';
import { BatchOutcome } from './batch-outcome.js';
import { BatchResults } from './batch-results.js';
import { saveResults } from './save-results.js';

/** One batch: how far it is, as it goes on; what it came to; its results. */
export function BatchPage() {
  const { id } = useParams({ from: '/batches/$id' });
  const client = useQueryClient();
  const path = `/v1/route/batches/${encodeURIComponent(id)}`;
  const queryKey = ['batches', id];
  const query = useQuery({ queryKey, queryFn: ({ signal }) => get(path, batchSchema, { signal }) });
  const underWay = query.data !== undefined && query.data.finished_at === null;
  const failure = useFollowed(underWay ? `${path}/events` : null, queryKey, batchSchema);
  return (
    <Stack>
      <Anchor component={Link} to="/batches" size="sm">
        All batches
      </Anchor>
      <QueryView query={query}>
        {(batch) => (
          <Stack>
            <PageHeader
              title={`Batch of ${formatCount(batch.counts.total)} ${batch.counts.total === 1 ? 'item' : 'items'}`}
              about={
                <Group gap="xs" component="span">
                  <StateBadge state={batch.state} />
                  <Text span size="sm">
                    uploaded {formatDateTime(batch.created_at)} · {batch.id}
                  </Text>
                </Group>
              }
              actions={
                underWay ? (
                  <ConfirmButton
                    label="Cancel the batch"
                    danger
                    action={async () =>
                      client.setQueryData(
                        queryKey,
                        await send('POST', `${path}/cancel`, {}, batchSchema),
                      )
                    }
                  >
                    Items that have no model yet get none. This cannot be undone.
                  </ConfirmButton>
                ) : (
                  <SaveResults batch={batch} />
                )
              }
            />
            {failure !== null && <ErrorState error={failure} />}
            {batch.error !== null && (
              <Text role="alert">
                It failed: {batch.error.message} ({batch.error.code})
              </Text>
            )}
            <Panel title="Progress">
              <Progress
                value={batch.progress * 100}
                size="lg"
                aria-label={`${formatPercent(batch.progress, 0)} done`}
              />
              <Text size="sm" mt="xs" role="status">
                {formatCount(batch.counts.predicted)} of {formatCount(batch.counts.total)}{' '}
                predicted, {formatCount(batch.counts.succeeded)} have a model,{' '}
                {formatCount(batch.counts.failed)} failed
              </Text>
            </Panel>
            <BatchOutcome batch={batch} />
            {!underWay && <BatchResults batch={batch} />}
          </Stack>
        )}
      </QueryView>
    </Stack>
  );
}

function SaveResults({ batch }: { batch: BatchView }) {
  const save = useMutation({ mutationFn: () => saveResults(batch.id, batch.counts.total) });
  return (
    <Stack gap="xs" align="flex-end">
      <Button
        leftSection={<Icon name="download" />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        Download the results
      </Button>
      {save.isError && <ErrorState error={save.error} />}
    </Stack>
  );
}
