import { useQuery } from '@tanstack/react-query';
import { alertListSchema, overviewSchema } from '@zerorouter/contracts';
import type { OverviewView } from '@zerorouter/contracts';
import { get } from '../../api/client.js';

const HOUR_MS = 3_600_000;

export const PERIODS = [
  { value: 'hour', label: 'Hour', ms: HOUR_MS },
  { value: 'day', label: 'Day', ms: 24 * HOUR_MS },
  { value: 'week', label: 'Week', ms: 7 * 24 * HOUR_MS },
  { value: 'month', label: '30 days', ms: 30 * 24 * HOUR_MS },
] as const;
export type PeriodName = (typeof PERIODS)[number]['value'];

const REFRESH_MS = 15_000;

/** The period up to now, renewed while the page is looked at. */
export function useOverview(period: PeriodName) {
  return useQuery({
    queryKey: ['overview', period],
    queryFn: ({ signal }) =>
      get('/admin/v1/reports/overview', overviewSchema, { query: periodUntilNow(period), signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function useOpenAlerts() {
  return useQuery({
    queryKey: ['alerts', 'open'],
    queryFn: ({ signal }) =>
      get('/admin/v1/alerts', alertListSchema, { query: { open: true }, signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function periodUntilNow(period: PeriodName): { from: string; to: string } {
  const { ms } = PERIODS.find(({ value }) => value === period) ?? PERIODS[1];
  const now = Date.now();
  return { from: new Date(now - ms).toISOString(), to: new Date(now).toISOString() };
}

export type Bucket = OverviewView['buckets'][number];

/** Every bucket of the period, those without traffic as null. */
export function everyBucket(overview: OverviewView): { at: number; bucket: Bucket | null }[] {
  const { from, to, bucket_s, buckets } = overview;
  const [start, step] = [Date.parse(from), bucket_s * 1_000];
  const byStart = new Map(buckets.map((bucket) => [Date.parse(bucket.at), bucket]));
  const count = Math.ceil((Date.parse(to) - start) / step);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * step;
    return { at, bucket: byStart.get(at) ?? null };
  });
}
