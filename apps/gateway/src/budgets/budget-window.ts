import type { PolicyBudget } from '@zerorouter/database';

/** One hour, day or month of UTC; times are ms since 1970. */
export interface BudgetWindow {
  readonly period: PolicyBudget['period'];
  readonly startMs: number;
  readonly endMs: number;
}

/** The one that a moment lies in. */
export function windowAt(period: PolicyBudget['period'], atMs: number): BudgetWindow {
  const at = new Date(atMs);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  const [day, hour] = [at.getUTCDate(), at.getUTCHours()];
  switch (period) {
    case 'hour': {
      const startMs = Date.UTC(year, month, day, hour);
      return { period, startMs, endMs: startMs + 3_600_000 };
    }
    case 'day':
      return {
        period,
        startMs: Date.UTC(year, month, day),
        endMs: Date.UTC(year, month, day + 1),
      };
    case 'month':
      return { period, startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) };
  }
}
