import { describe, expect, it } from '@jest/globals';
import { boundLabel, Metrics } from './metrics.js';

describe('Metrics', () => {
  it('tells of the process and of what is declared', async () => {
    const metrics = new Metrics();
    metrics.counter('things_total', 'Things', ['kind']).inc({ kind: 'a' }, 2);
    const { contentType, text } = await metrics.scrape();
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('things_total{kind="a"} 2');
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
  });

  it('asks once for scrapes that come together, and not again before its time', async () => {
    const metrics = new Metrics();
    const gauge = metrics.gauge('asked', 'Times asked');
    let asked = 0;
    metrics.beforeScrape('source', () => gauge.set(++asked), 60_000);
    const scrapes = await Promise.all([metrics.scrape(), metrics.scrape()]);
    for (const { text } of [...scrapes, await metrics.scrape()]) expect(text).toContain('asked 1');
  });

  it('answers without a source that fails, and counts the failure', async () => {
    const metrics = new Metrics();
    metrics.beforeScrape('broken', () => Promise.reject(new Error('away')), 60_000);
    await metrics.scrape();
    // A failure does not count as an answer.
    expect((await metrics.scrape()).text).toContain(
      'zerorouter_scrape_failures_total{source="broken"} 2',
    );
  });
});

describe('boundLabel', () => {
  it('makes one value of all that come after so many', () => {
    const bound = boundLabel(2);
    expect(['a', 'b', 'c', 'a', 'd'].map(bound)).toEqual(['a', 'b', 'other', 'a', 'other']);
  });
});
