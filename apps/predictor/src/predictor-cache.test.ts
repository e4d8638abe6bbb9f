import { describe, expect, it } from '@jest/globals';
import { PredictorCache } from './predictor-cache.js';

function harness(capacity = 2, failureMs = 5) {
  const opened: string[] = [];
  const closed: string[] = [];
  let now = 0;
  const cache = new PredictorCache(
    (version) => {
      opened.push(version);
      if (version === 'broken') return Promise.reject(new Error('broken space'));
      return Promise.resolve({
        version,
        close: () => Promise.resolve(void closed.push(version)),
      });
    },
    { capacity, failureMs, now: () => now++ },
  );
  const read = (version: string) => cache.use(version, (open) => Promise.resolve(open.version));
  return { cache, opened, closed, read };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('PredictorCache', () => {
  it('opens a space once, for however many', async () => {
    const { opened, read } = harness();
    expect(await Promise.all([read('s1'), read('s1')])).toEqual(['s1', 's1']);
    expect(opened).toEqual(['s1']);
  });

  it('closes the least recently used one beyond its capacity', async () => {
    const { cache, closed, read } = harness();
    for (const version of ['s1', 's2', 's1', 's3']) await read(version);
    await settle();
    expect(closed).toEqual(['s2']);
    expect(cache.versions).toEqual(['s1', 's3']);
  });

  it('closes none that is in use, but afterwards', async () => {
    const { cache, closed, read } = harness(1);
    let finish = () => {};
    const busy = cache.use('s1', () => new Promise<void>((resolve) => (finish = resolve)));
    await read('s2');
    await settle();
    expect(closed).toEqual([]);
    finish();
    await busy;
    await settle();
    expect(closed).toEqual(['s1']);
  });

  it('remembers a failure for a moment, then tries again', async () => {
    const { opened, read } = harness();
    await expect(read('broken')).rejects.toThrow('broken space');
    await expect(read('broken')).rejects.toThrow('broken space');
    expect(opened).toEqual(['broken']);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await expect(read('broken')).rejects.toThrow('broken space');
    expect(opened).toEqual(['broken', 'broken']);
  });

  it('closes all that is open', async () => {
    const { cache, closed, read } = harness();
    await read('s1');
    await read('s2');
    await cache.close();
    expect(closed.sort()).toEqual(['s1', 's2']);
  });
});
