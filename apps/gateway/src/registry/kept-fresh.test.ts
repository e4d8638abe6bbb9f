import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@zerorouter/platform';
import { KeptFresh } from './kept-fresh.js';

function harness(refreshMs: number, load: (reading: number) => Promise<void>) {
  let readings = 0;
  const fresh = new KeptFresh(() => load(++readings), {
    refreshMs,
    logger: createLogger('test', 'silent'),
    failure: 'it stands',
  });
  return { fresh, readings: () => readings };
}

describe('KeptFresh', () => {
  it('reads once more, and only once, for whatever is told while it reads', async () => {
    let running = 0;
    const { fresh, readings } = harness(60_000, async () => {
      expect(++running).toBe(1);
      await sleep(10);
      running--;
    });
    await fresh.start();
    fresh.refresh();
    fresh.refresh();
    fresh.refresh();
    await fresh.close();
    expect(readings()).toBe(3);
  });

  it('must be able to read at the start, and goes on after a later failure', async () => {
    const broken = harness(5, () => Promise.reject(new Error('Postgres is away')));
    await expect(broken.fresh.start()).rejects.toThrow('away');
    const { fresh, readings } = harness(5, (reading) =>
      reading === 2 ? Promise.reject(new Error('Postgres is away')) : Promise.resolve(),
    );
    await fresh.start();
    while (readings() < 4) await sleep(2);
    await fresh.close();
    const after = readings();
    await sleep(30);
    expect(readings()).toBe(after);
  });
});
