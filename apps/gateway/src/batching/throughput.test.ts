import { describe, expect, it } from '@jest/globals';
import { Throughput } from './throughput.js';

describe('Throughput', () => {
  it('comes to the rate of a steady stream, and forgets it', () => {
    const throughput = new Throughput();
    expect(throughput.perSecond(0)).toBe(0);
    for (let now = 0; now <= 20_000; now += 100) throughput.add(12, now);
    // Just after a batch it counts that batch whole: half an interval too much.
    expect(throughput.perSecond(20_000)).toBeCloseTo(120, -1);
    expect(throughput.perSecond(20_000) / throughput.perSecond(22_000)).toBeCloseTo(Math.E, 6);
  });

  it('notices that twice as much comes out within a few seconds', () => {
    const throughput = new Throughput();
    for (let now = 0; now < 10_000; now += 100) throughput.add(10, now);
    for (let now = 10_000; now <= 14_000; now += 100) throughput.add(20, now);
    expect(throughput.perSecond(14_000)).toBeGreaterThan(180);
    expect(throughput.perSecond(14_000)).toBeLessThan(215);
  });
});
