import { Modal } from '@mantine/core';
import { policyListSchema } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.js';
import { DataTable } from '../../components/data-table.js';
import { QueryView } from '../../components/query-view.js';
import { formatDateTime, formatNumber } from '../../format/format.js';
import { limitsText } from './policies.js';

/** All that a policy has said, newest first. */
export function PolicyVersions({ name, onClose }: { name: string | null; onClose: () => void }) {
  return (
    <Modal
      opened={name !== null}
      onClose={onClose}
      size="xl"
      title={`Versions of ${name ?? ''}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {name !== null && <Versions name={name} />}
    </Modal>
  );
}

function Versions({ name }: { name: string }) {
  const query = useQuery({
    queryKey: ['policies', name, 'versions'],
    queryFn: ({ signal }) =>
      get(`/admin/v1/policies/${encodeURIComponent(name)}/versions`, policyListSchema, { signal }),
  });
  return (
    <QueryView query={query}>
      {({ data }) => (
        <DataTable
          label={`Versions of ${name}`}
          rows={data}
          rowKey={({ version }) => String(version)}
          columns={[
            { key: 'version', header: 'Version', cell: ({ version }) => version, width: 80 },
            {
              key: 'weights',
              header: 'Accuracy, cost, latency',
              cell: ({ weights: { accuracy, cost, latency } }) =>
                [accuracy, cost, latency].map(formatNumber).join(', '),
            },
            { key: 'limits', header: 'Limits', cell: limitsText, width: 240 },
            {
              key: 'at',
              header: 'Since',
              cell: ({ created_at }) => formatDateTime(created_at),
              width: 180,
            },
          ]}
        />
      )}
    </QueryView>
  );
}
