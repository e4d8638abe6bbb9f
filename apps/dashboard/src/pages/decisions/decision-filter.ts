/** Which decisions are looked for: it stands in the address, so that it can be shared. */
export interface DecisionFilter {
  model?: string;
  policy?: string;
  key_id?: string;
  /** Days, in the reader's time zone: from the first, to the end of the last. */
  from?: string;
  to?: string;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What an address says of it; what makes no sense is left out. */
export function readDecisionFilter(search: Record<string, unknown>): DecisionFilter {
  const text = (name: keyof DecisionFilter) => {
    const value = search[name];
    return typeof value === 'string' && value.trim() !== '' ? { [name]: value.trim() } : {};
  };
  const day = (name: 'from' | 'to') => {
    const value = search[name];
    return typeof value === 'string' && DAY.test(value) ? { [name]: value } : {};
  };
  return { ...text('model'), ...text('policy'), ...text('key_id'), ...day('from'), ...day('to') };
}

/** The query string of the API. */
export function toDecisionQuery({ from, to, ...equal }: DecisionFilter): Record<string, string> {
  return {
    ...equal,
    ...(from === undefined ? {} : { from: startOfDay(from, 0) }),
    ...(to === undefined ? {} : { to: startOfDay(to, 1) }),
  };
}

/** Midnight in the reader's time zone, so many days later. */
function startOfDay(day: string, later: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date + later).toISOString();
}
