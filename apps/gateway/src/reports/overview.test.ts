import { describe, expect, it } from '@jest/globals';
import { overviewSchema } from '@zerorouter/contracts';
import type { TrafficRow } from '@zerorouter/database';
import { bucketLength, viewOverview, wilsonInterval } from './overview.js';

const row = (changes: Partial<TrafficRow>): TrafficRow => ({
  at: null,
  model: null,
  decisions: 10,
  priced: 8,
  costUsd: 0.5,
  meanCorrect: 0.7,
  judged: 4,
  meanScore: 0.75,
  judgedMeanCorrect: 0.5,
  judgedVariance: 1,
  overheadP50: 5,
  overheadP99: 20,
  ...changes,
});
const period = { from: new Date(0), to: new Date(3_600_000), bucketS: 60 };

describe('bucketLength', () => {
  it('is a length that people read, and gives at most sixty', () => {
    const hours = (n: number) => bucketLength(0, n * 3_600_000);
    expect([hours(1), hours(24), hours(24 * 7), hours(24 * 30)]).toEqual([
      60,
      30 * 60,
      3 * 3_600,
      12 * 3_600,
    ]);
    expect(hours(24 * 400)).toBe(7 * 86_400);
    for (const n of [0.001, 1, 5, 100, 9_000])
      expect((n * 3_600) / hours(n)).toBeLessThanOrEqual(60);
  });
});

describe('wilsonInterval', () => {
  it('holds the proportions that the mean does not speak against at 90%', () => {
    for (const [mean, count] of [
      [0.7, 10],
      [0.5, 400],
      [0.02, 50],
    ] as const)
      for (const end of wilsonInterval(mean, count))
        expect(Math.abs(mean - end) / Math.sqrt((end * (1 - end)) / count)).toBeCloseTo(1.64485, 4);
  });

  it('stays within [0, 1] and is never a point', () => {
    expect(wilsonInterval(1, 3)[1]).toBe(1);
    expect(wilsonInterval(1, 3)[0]).toBeLessThan(0.6);
    expect(wilsonInterval(0, 3)[0]).toBe(0);
  });
});

describe('viewOverview', () => {
  it('arranges the rows, and keeps to its contract', () => {
    const view = viewOverview(
      [row({ at: new Date(60_000), decisions: 10 }), row({ model: 'a' }), row({ decisions: 11 })],
      period,
    );
    expect(overviewSchema.parse(view)).toEqual(view);
    expect(view.total.decisions).toBe(11);
    expect(view.buckets).toMatchObject([{ at: '1970-01-01T00:01:00.000Z', decisions: 10 }]);
    expect(view.models).toMatchObject([{ model: 'a', cost_usd: 0.5, priced: 8 }]);
    // 0.5 ± 1.645·√1/4.
    expect(view.total.judged_predicted_interval?.[0]).toBeCloseTo(0.5 - 1.6449 / 4, 3);
  });

  it('knows of nothing where there is nothing', () => {
    expect(viewOverview([], period)).toMatchObject({
      total: { decisions: 0, predicted_accuracy: null, overhead_ms: null },
      buckets: [],
      models: [],
    });
  });
});
