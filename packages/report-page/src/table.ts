import type { Child, Node } from './element.js';
import { h } from './element.js';

export interface Column<Row> {
  readonly title: Child;
  readonly cell: (row: Row) => Child;
  /** Numbers stand at the right, in figures of one width. */
  readonly numeric?: boolean;
}

/** A table that scrolls sideways by itself when the page is narrow. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  isMarked: (row: Row) => boolean = () => false,
): Node {
  const kind = ({ numeric = true }: Column<Row>): Record<string, string> =>
    numeric ? { class: 'number' } : {};
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((column) => h('th', { scope: 'col', ...kind(column) }, column.title)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) =>
          h(
            'tr',
            isMarked(row) ? { class: 'marked' } : {},
            columns.map((column) => h('td', kind(column), column.cell(row))),
          ),
        ),
      ),
    ),
  );
}

export function details(title: Child, ...children: readonly Child[]): Node {
  return h('details', {}, h('summary', {}, title), ...children);
}
