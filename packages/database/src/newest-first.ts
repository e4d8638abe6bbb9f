/** A row that others are older or newer than. */
interface Dated {
  id: string;
  createdAt: Date;
}

/** The order of pages: newest first, and by id where two came in the same millisecond. */
export function newestFirst(limit: number) {
  return { orderBy: [{ createdAt: 'desc' as const }, { id: 'desc' as const }], take: limit };
}

/** What stands after a row in that order; null = everything. */
export function olderThan(last: Dated | null) {
  return last === null
    ? {}
    : {
        createdAt: { lte: last.createdAt },
        NOT: { createdAt: last.createdAt, id: { gte: last.id } },
      };
}
