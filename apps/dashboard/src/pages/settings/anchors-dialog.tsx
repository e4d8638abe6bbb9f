import { Modal } from '@mantine/core';
import { anchorListSchema } from '@zerorouter/contracts';
import type { AnchorSetView } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client.js';
import { DataTable } from '../../components/data-table.js';
import { QueryView } from '../../components/query-view.js';
import { formatNumber } from '../../format/format.js';

export function AnchorsDialog({
  set,
  onClose,
}: {
  set: AnchorSetView | null;
  onClose: () => void;
}) {
  return (
    <Modal
      opened={set !== null}
      onClose={onClose}
      size="xl"
      title={`Anchors of ${set?.name ?? ''}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {set !== null && <Anchors set={set} />}
    </Modal>
  );
}

function Anchors({ set: { id, name } }: { set: AnchorSetView }) {
  const query = useQuery({
    queryKey: ['anchor-sets', id, 'anchors'],
    queryFn: ({ signal }) =>
      get(`/admin/v1/anchor-sets/${id}/anchors`, anchorListSchema, { signal }),
  });
  return (
    <QueryView query={query}>
      {({ data }) => (
        <DataTable
          label={`Anchors of ${name}`}
          rows={data}
          rowKey={(anchor) => anchor.id}
          columns={[
            {
              key: 'domain',
              header: 'Domain',
              cell: ({ domain }) => domain,
              sortValue: ({ domain }) => domain,
              width: 150,
            },
            {
              key: 'difficulty',
              header: 'Difficulty',
              cell: ({ difficulty }) => formatNumber(difficulty),
              sortValue: ({ difficulty }) => difficulty,
              align: 'right',
              width: 100,
            },
            { key: 'grader', header: 'Grader', cell: ({ grader }) => grader, width: 110 },
            {
              key: 'text',
              header: 'Question',
              cell: ({ text }) => <span title={text}>{text}</span>,
              width: 380,
            },
          ]}
        />
      )}
    </QueryView>
  );
}
