import { Button, Group } from '@mantine/core';
import { anchorListSchema } from '@zerorouter/contracts';
import type { AnchorSetView } from '@zerorouter/contracts';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../api/client.js';
import { anchorSetsQuery } from '../../api/queries.js';
import { DataTable } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { ErrorState } from '../../components/error-state.js';
import { Icon } from '../../components/icon.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { saveBlob } from '../../files/save-blob.js';
import { formatCount, formatDateTime } from '../../format/format.js';
import { AnchorsDialog } from './anchors-dialog.js';
import { NewAnchorSet } from './new-anchor-set.js';

/** Questions that models are measured on. */
export function AnchorSets() {
  const query = useQuery(anchorSetsQuery);
  const [making, setMaking] = useState(false);
  const [opened, setOpened] = useState<AnchorSetView | null>(null);
  const save = useMutation({
    mutationFn: async ({ id, name }: AnchorSetView) => {
      const { data } = await get(`/admin/v1/anchor-sets/${id}/anchors`, anchorListSchema);
      const json = JSON.stringify(data, null, 2);
      saveBlob(new Blob([json], { type: 'application/json' }), `${name}-anchors.json`);
    },
  });
  return (
    <Panel
      title="Anchor sets"
      about="Questions with known difficulty: a model that answers some of them can be compared with all others."
      actions={
        <Button size="xs" leftSection={<Icon name="plus" />} onClick={() => setMaking(true)}>
          New set
        </Button>
      }
    >
      <NewAnchorSet opened={making} onClose={() => setMaking(false)} />
      <AnchorsDialog set={opened} onClose={() => setOpened(null)} />
      {save.isError && <ErrorState error={save.error} />}
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState title="There is no anchor set" />
          ) : (
            <DataTable
              label="Anchor sets"
              rows={data}
              rowKey={({ id }) => id}
              columns={[
                { key: 'name', header: 'Name', cell: ({ name }) => name, width: 220 },
                {
                  key: 'anchors',
                  header: 'Anchors',
                  cell: ({ anchors }) => formatCount(anchors),
                  align: 'right',
                  width: 100,
                },
                {
                  key: 'space',
                  header: 'Space',
                  cell: ({ space_version: space }) => space ?? 'none',
                },
                {
                  key: 'made',
                  header: 'Made',
                  cell: ({ created_at }) => formatDateTime(created_at),
                  width: 190,
                },
                {
                  key: 'actions',
                  header: 'Actions',
                  width: 220,
                  cell: (set) => (
                    <Group gap={6} wrap="nowrap">
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`Look at ${set.name}`}
                        onClick={() => setOpened(set)}
                      >
                        Look
                      </Button>
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`Save prompts of ${set.name}`}
                        onClick={() => save.mutate(set)}
                      >
                        Save prompts
                      </Button>
                    </Group>
                  ),
                },
              ]}
            />
          )
        }
      </QueryView>
    </Panel>
  );
}
