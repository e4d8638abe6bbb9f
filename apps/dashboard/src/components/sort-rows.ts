export interface SortOrder {
  key: string;
  descending: boolean;
}

/** A sorted copy; equal rows keep their order, null comes last either way. */
export function sortRows<Row>(
  rows: readonly Row[],
  by: (row: Row) => number | string | null,
  descending: boolean,
): Row[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: by(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return Number(a.value === null) - Number(b.value === null);
      if (typeof a.value === 'number' && typeof b.value === 'number')
        return sign * (a.value - b.value);
      return sign * String(a.value).localeCompare(String(b.value));
    })
    .map(({ row }) => row);
}
