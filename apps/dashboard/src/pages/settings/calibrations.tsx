import { Button, Group, Select, Stack } from '@mantine/core';
import { calibrationListSchema, calibrationSchema } from '@zerorouter/contracts';
import type { CalibrationView } from '@zerorouter/contracts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { get, send } from '../../api/client.js';
import { anchorSetsQuery } from '../../api/queries.js';
import { DataTable } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { ErrorState } from '../../components/error-state.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatDateTime, formatPercent } from '../../format/format.js';

const UNDER_WAY_MS = 2_000;

/** Runs that make new spaces, and the start of one from what models answered on anchors. */
export function Calibrations() {
  const client = useQueryClient();
  const sets = useQuery(anchorSetsQuery);
  const [set, setSet] = useState<string | null>(null);
  const query = useQuery({
    queryKey: ['calibrations'],
    queryFn: ({ signal }) =>
      get('/admin/v1/spaces/calibrations', calibrationListSchema, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.data.some(isUnderWay) === true ? UNDER_WAY_MS : false,
  });
  const begin = useMutation({
    mutationFn: () =>
      send('POST', '/admin/v1/spaces/recalibrations', { anchor_set: set }, calibrationSchema),
    onSuccess: () => client.invalidateQueries({ queryKey: ['calibrations'] }),
  });
  return (
    <Panel
      title="Calibrations"
      about="A recalibration refits the active space to what three or more models answered on an anchor set; it arrives as a draft."
    >
      <Stack>
        <Group align="flex-end">
          <Select
            label="Refit to the answers on"
            placeholder="Choose an anchor set"
            data={(sets.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            value={set}
            onChange={setSet}
          />
          <Button
            variant="default"
            disabled={set === null}
            loading={begin.isPending}
            onClick={() => begin.mutate()}
          >
            Recalibrate
          </Button>
        </Group>
        {begin.isError && <ErrorState error={begin.error} />}
        <QueryView query={query}>
          {({ data }) =>
            data.length === 0 ? (
              <EmptyState title="Nothing was calibrated here">
                POST /admin/v1/spaces/calibrations learns a space from data of your own.
              </EmptyState>
            ) : (
              <DataTable
                label="Calibrations"
                rows={data}
                rowKey={({ id }) => id}
                columns={[
                  {
                    key: 'begun',
                    header: 'Begun',
                    cell: ({ created_at }) => formatDateTime(created_at),
                    width: 190,
                  },
                  { key: 'from', header: 'From', cell: origin, width: 220 },
                  {
                    key: 'state',
                    header: 'State',
                    cell: ({ state }) => <StateBadge state={state} />,
                    width: 130,
                  },
                  {
                    key: 'progress',
                    header: 'Progress',
                    cell: ({ progress }) =>
                      progress === null
                        ? ''
                        : `${progress.stage}, ${formatPercent(progress.fraction, 0)}`,
                  },
                  {
                    key: 'result',
                    header: 'Made',
                    cell: ({ space_version, error }) => (
                      <span title={error ?? undefined}>{space_version ?? error ?? ''}</span>
                    ),
                    width: 260,
                  },
                ]}
              />
            )
          }
        </QueryView>
      </Stack>
    </Panel>
  );
}

const isUnderWay = ({ state }: CalibrationView) => state === 'queued' || state === 'running';

function origin({ data_sets: dataSets }: CalibrationView): string {
  return dataSets.length === 0 ? 'answers on anchors' : dataSets.join(', ');
}
