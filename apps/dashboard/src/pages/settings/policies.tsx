import { Button, Group, Stack } from '@mantine/core';
import type { PolicyView } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { policiesQuery } from '../../api/queries.js';
import { DataTable } from '../../components/data-table.js';
import { Icon } from '../../components/icon.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { formatMs, formatNumber, formatPercent, formatUsd } from '../../format/format.js';
import { DeletePolicy } from './delete-policy.js';
import { EditPolicy } from './edit-policy.js';
import { PolicyVersions } from './policy-versions.js';

export function Policies() {
  const query = useQuery(policiesQuery);
  const [edited, setEdited] = useState<PolicyView | 'new' | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <Panel
      title="Policies"
      about="Requests name one, or say their own weights. A preset means the same everywhere."
      actions={
        <Button size="xs" leftSection={<Icon name="plus" />} onClick={() => setEdited('new')}>
          New policy
        </Button>
      }
    >
      <EditPolicy edited={edited} onClose={() => setEdited(null)} />
      <PolicyVersions name={opened} onClose={() => setOpened(null)} />
      <QueryView query={query}>
        {({ data }) => (
          <Stack>
            <DataTable
              label="Policies"
              rows={data}
              rowKey={({ name }) => name}
              columns={[
                { key: 'name', header: 'Name', cell: ({ name }) => name, width: 140 },
                {
                  key: 'version',
                  header: 'Version',
                  cell: ({ version }) => (version === 0 ? 'preset' : version),
                  width: 90,
                },
                {
                  key: 'weights',
                  header: 'Accuracy, cost, latency',
                  width: 200,
                  cell: ({ weights: { accuracy, cost, latency } }) =>
                    [accuracy, cost, latency].map(formatNumber).join(', '),
                },
                { key: 'limits', header: 'Limits', cell: limitsText, width: 260 },
                {
                  key: 'actions',
                  header: 'Actions',
                  width: 280,
                  cell: (policy) =>
                    policy.version > 0 && (
                      <Group gap={6} wrap="nowrap">
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Change ${policy.name}`}
                          onClick={() => setEdited(policy)}
                        >
                          Change
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Versions of ${policy.name}`}
                          onClick={() => setOpened(policy.name)}
                        >
                          Versions
                        </Button>
                        <DeletePolicy name={policy.name} />
                      </Group>
                    ),
                },
              ]}
            />
          </Stack>
        )}
      </QueryView>
    </Panel>
  );
}

/** What a policy never allows, in words. */
export function limitsText({ constraints, budget }: PolicyView): string {
  const { max_cost_usd, max_latency_ms, min_accuracy } = constraints;
  return [
    max_cost_usd === undefined ? null : `${formatUsd(max_cost_usd)} a call`,
    max_latency_ms === undefined ? null : `${formatMs(max_latency_ms)} (p95)`,
    min_accuracy === undefined ? null : `${formatPercent(min_accuracy)} right at least`,
    budget === undefined ? null : `${formatUsd(budget.usd)} each ${budget.period}`,
  ]
    .filter((limit) => limit !== null)
    .join(', ');
}
