import type { OverviewView } from '@zerorouter/contracts';
import { DataTable } from '../../components/data-table.js';
import { formatDateTime } from '../../format/format.js';
import type { Bucket } from './use-overview.js';

/** The buckets with traffic, newest first. */
export function BucketTable(props: {
  label: string;
  overview: OverviewView;
  columns: readonly { header: string; value: (bucket: Bucket) => string }[];
}) {
  const { label, overview, columns } = props;
  return (
    <DataTable
      label={label}
      rows={overview.buckets.toReversed()}
      rowKey={({ at }) => at}
      maxHeight={220}
      columns={[
        { key: 'at', header: 'From', cell: ({ at }) => formatDateTime(at) },
        ...columns.map(({ header, value }) => ({
          key: header,
          header,
          align: 'right' as const,
          width: 120,
          cell: value,
        })),
      ]}
    />
  );
}
