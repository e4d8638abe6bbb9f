import { Checkbox, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { spaceSchema } from '@zerorouter/contracts';
import type { Space } from '@zerorouter/contracts';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { ConfirmButton } from '../../components/confirm-button.js';
import { DataTable } from '../../components/data-table.js';
import { Facts } from '../../components/facts.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatCount, formatDateTime, formatNumber, formatUsd } from '../../format/format.js';
import { heldOutRows } from './held-out.js';

export function SpaceCard({ space, onChanged }: { space: Space; onChanged: () => Promise<void> }) {
  const { version, state, manifest } = space;
  const { counts, provenance, encoder, referenceScales, link } = manifest;
  const [force, setForce] = useState(false);
  const path = `/admin/v1/spaces/${encodeURIComponent(version)}`;
  return (
    <Paper component="article" p="sm" withBorder aria-label={`Space ${version}`}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Title order={3} size="h5">
              {version}
            </Title>
            <StateBadge state={state} />
          </Group>
          {state !== 'active' && (
            <ConfirmButton
              label="Activate"
              size="xs"
              action={async () => {
                await send('POST', `${path}/activate`, { force }, spaceSchema);
                await onChanged();
              }}
            >
              <Text>All requests are decided in {version} from now on. One can roll back.</Text>
              {state === 'draft' && (
                <Checkbox
                  mt="sm"
                  label="Even if its held-out figures are worse"
                  checked={force}
                  onChange={(event) => setForce(event.currentTarget.checked)}
                />
              )}
            </ConfirmButton>
          )}
        </Group>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Facts
            rows={[
              ['Made', formatDateTime(space.created_at)],
              ['Dimensions', formatCount(manifest.dimensions)],
              [
                'Learnt from',
                `${formatCount(counts.outcomes)} outcomes of ${formatCount(counts.subjects)} models on ${formatCount(counts.queries)} queries`,
              ],
              ['Data', provenance.dataSets.map(({ name }) => name).join(', ')],
              ['Encoder', encoder.id],
              [
                'A typical call',
                `${formatUsd(referenceScales.c_ref)}, ${formatNumber(referenceScales.T_ref)} s`,
              ],
              ['Linked to', link?.previousVersion ?? 'no earlier version'],
              ['Corrections of difficulty', formatCount(space.domain_corrections)],
            ]}
          />
          <DataTable
            label={`Held-out figures of ${version}`}
            rows={heldOutRows(space)}
            rowKey={({ on }) => on}
            maxHeight={300}
            columns={[
              { key: 'on', header: 'Held out', cell: ({ on }) => on, width: 180 },
              {
                key: 'loss',
                header: 'Log-loss',
                cell: ({ logLoss }) => formatNumber(logLoss),
                align: 'right',
                width: 90,
              },
              {
                key: 'baseline',
                header: 'Baseline',
                cell: ({ baseline }) => formatNumber(baseline),
                align: 'right',
                width: 90,
              },
              {
                key: 'auc',
                header: 'AUC',
                cell: ({ auc }) => formatNumber(auc),
                align: 'right',
                width: 80,
              },
            ]}
          />
        </SimpleGrid>
      </Stack>
    </Paper>
  );
}
