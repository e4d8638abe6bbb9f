import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';
import { sortRows } from './sort-rows.js';
import type { SortOrder } from './sort-rows.js';

export interface Column<Row> {
  /** Unique in the table. */
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable; null sorts last either way. */
  sortValue?: (row: Row) => number | string | null;
  align?: 'right';
  /** CSS pixels; default 160. What is left is shared in proportion. */
  width?: number;
}

const DEFAULT_WIDTH = 160;
const ROW_PX = 44;
/** How far from its end a table asks for more. */
const ROWS_AHEAD = 25;
/** Up to here a table is as high as its rows. */
const MAX_HEIGHT_PX = 560;

/**
 * Rows of which only those in view are in the document, so that 10,000 are as quick as ten. A table
 * to assistive technology as well. Links and buttons belong into cells.
 */
export function DataTable<Row>(props: {
  /** Says what the rows are. */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  initialSort?: SortOrder;
  maxHeight?: number;
  /** Called when the last rows are near: fetch the next page then. */
  onEnd?: () => void;
  /** There are more rows than are loaded, nobody knows how many. */
  hasMore?: boolean;
  isMarked?: (row: Row) => boolean;
}) {
  const { label, rows, columns, rowKey, initialSort, maxHeight = MAX_HEIGHT_PX } = props;
  const { onEnd, hasMore = false } = props;
  const [order, setOrder] = useState<SortOrder | null>(initialSort ?? null);
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => {
    const by = columns.find(({ key }) => key === order?.key)?.sortValue;
    return order === null || by === undefined ? rows : sortRows(rows, by, order.descending);
  }, [rows, columns, order]);
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialRect: { width: 800, height: maxHeight },
    onChange: ({ range }) => {
      if (range !== null && range.endIndex >= sorted.length - ROWS_AHEAD) onEnd?.();
    },
  });
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0);
  const width = columns.reduce((sum, column) => sum + (column.width ?? DEFAULT_WIDTH), 0);
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      style={{ maxHeight }}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table
        className={classes.table}
        style={{ minWidth: width }}
        aria-label={label}
        aria-rowcount={hasMore ? -1 : sorted.length + 1}
      >
        <colgroup>
          {columns.map(({ key, width: own = DEFAULT_WIDTH }) => (
            <col key={key} style={{ width: `${(own / width) * 100}%` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <HeaderCell
                key={column.key}
                column={column}
                order={order}
                onSort={() =>
                  setOrder({
                    key: column.key,
                    descending: order?.key === column.key ? !order.descending : true,
                  })
                }
              />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} columns={columns.length} />
          {items.map(({ index }) => {
            const row = sorted[index];
            if (row === undefined) return null;
            return (
              <BodyRow
                key={rowKey(row)}
                row={row}
                rowIndex={index + 2}
                columns={columns}
                marked={props.isMarked?.(row) === true}
              />
            );
          })}
          <Spacer height={after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

/** Drawn once for as long as it is in view, however often the table scrolls. */
const BodyRow = memo(PlainBodyRow) as typeof PlainBodyRow;

function PlainBodyRow<Row>(props: {
  row: Row;
  /** From 1, the header included. */
  rowIndex: number;
  columns: readonly Column<Row>[];
  marked: boolean;
}) {
  const { row, rowIndex, columns, marked } = props;
  return (
    <tr aria-rowindex={rowIndex} data-marked={marked || undefined}>
      {columns.map(({ key, cell, align }) => (
        <td key={key} data-align={align}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}

function HeaderCell<Row>(props: {
  column: Column<Row>;
  order: SortOrder | null;
  onSort: () => void;
}) {
  const { column, order, onSort } = props;
  if (column.sortValue === undefined)
    return (
      <th scope="col" data-align={column.align}>
        {column.header}
      </th>
    );
  const own = order?.key === column.key ? order : null;
  return (
    <th
      scope="col"
      data-align={column.align}
      aria-sort={own === null ? 'none' : own.descending ? 'descending' : 'ascending'}
    >
      <button type="button" className={classes.sort} onClick={onSort}>
        {column.header}
        <span aria-hidden>{own === null ? '' : own.descending ? ' ↓' : ' ↑'}</span>
      </button>
    </th>
  );
}

/** Takes the place of the rows that are not in the document. */
function Spacer({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className={classes.spacer}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );
}
