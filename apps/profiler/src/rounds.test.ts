import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '@zerorouter/platform';
import { Rounds } from './rounds.js';

describe('Rounds', () => {
  it('begins no round before the last one is over, goes on after a failure, and waits at its close', async () => {
    let running = 0;
    let most = 0;
    let begun = 0;
    const rounds = new Rounds(
      async () => {
        begun++;
        most = Math.max(most, ++running);
        await sleep(20);
        running--;
        if (begun === 1) throw new Error('once');
      },
      { intervalMs: 1, logger: createLogger('test', 'silent'), failure: 'it failed' },
    );
    while (begun < 3) await sleep(1);
    await rounds.close();
    expect([most, running]).toEqual([1, 0]);
    const after = begun;
    await sleep(60);
    expect(begun).toBe(after);
  });
});
