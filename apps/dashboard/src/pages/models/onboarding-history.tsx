import { Anchor } from '@mantine/core';
import { onboardingListSchema } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../../api/client.js';
import { DataTable } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { QueryView } from '../../components/query-view.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatCount, formatDateTime, formatPercent, formatUsd } from '../../format/format.js';

export function OnboardingHistory({ modelId }: { modelId: string }) {
  const query = useQuery({
    queryKey: ['onboardings', 'of', modelId],
    queryFn: ({ signal }) =>
      get('/admin/v1/onboardings', onboardingListSchema, { signal, query: { model_id: modelId } }),
  });
  return (
    <QueryView query={query}>
      {({ data }) =>
        data.length === 0 ? (
          <EmptyState title="It was never measured">
            Begin above: it costs what the quote says.
          </EmptyState>
        ) : (
          <DataTable
            label="Onboardings"
            rows={data}
            rowKey={({ id }) => id}
            columns={[
              {
                key: 'begun',
                header: 'Begun',
                width: 180,
                cell: ({ id, created_at }) => (
                  <Anchor component={Link} size="sm" to={`/models/onboardings/${id}`}>
                    {formatDateTime(created_at)}
                  </Anchor>
                ),
              },
              { key: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} /> },
              {
                key: 'accuracy',
                header: 'Expected accuracy',
                cell: ({ result }) => formatPercent(result?.expected_accuracy.value),
                align: 'right',
              },
              {
                key: 'answers',
                header: 'Answers',
                cell: ({ result, progress }) =>
                  formatCount(result?.anchors.answered ?? progress?.answered),
                align: 'right',
                width: 100,
              },
              {
                key: 'cost',
                header: 'Cost',
                cell: ({ cost_usd }) => formatUsd(cost_usd),
                align: 'right',
                width: 100,
              },
            ]}
          />
        )
      }
    </QueryView>
  );
}
