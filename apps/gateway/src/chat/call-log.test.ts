import { describe, expect, it } from '@jest/globals';
import type { CallRecord } from '@zerorouter/database';
import { createLogger } from '@zerorouter/platform';
import { CallLog } from './call-log.js';

const call = (id: string) => ({ id }) as CallRecord;
const settle = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));

function harness(settings = {}) {
  const stored: string[][] = [];
  let fails: ((ids: string[]) => Error | null) | null = null;
  const log = new CallLog(
    {
      appendMany: (records) => {
        const ids = records.map(({ id }) => id);
        const error = fails?.(ids) ?? null;
        if (error !== null) return Promise.reject(error);
        stored.push(ids);
        return Promise.resolve();
      },
    },
    createLogger('test', 'silent'),
    { gatherMs: 5, retryMs: 5, maxWaiting: 5, ...settings },
  );
  return { log, stored, failWith: (next: typeof fails) => (fails = next) };
}

describe('CallLog', () => {
  it('gathers what ends together, and writes what is left when it closes', async () => {
    const { log, stored } = harness({ gatherMs: 60_000 });
    for (const id of ['a', 'b', 'c']) log.note(call(id));
    await settle();
    expect(stored).toEqual([]);
    let settled = false;
    log.track(settle().then(() => (settled = true)));
    log.track(Promise.reject(new Error('in vain')));
    await log.close();
    expect([stored, settled]).toEqual([[['a', 'b', 'c']], true]);
  });

  it('tries again while Postgres is away, and gives up at the end alone', async () => {
    const { log, stored, failWith } = harness();
    failWith(() => new Error('away'));
    log.note(call('a'));
    await settle();
    log.note(call('b'));
    await settle();
    expect(stored).toEqual([]);
    failWith(null);
    await settle();
    expect(stored.flat()).toEqual(['a', 'b']);
    failWith(() => new Error('away'));
    log.note(call('c'));
    await log.close();
    expect(stored.flat()).toEqual(['a', 'b']);
  });

  it('keeps one record that cannot be stored from holding up the others', async () => {
    const { log, stored, failWith } = harness();
    failWith((ids) =>
      ids.includes('bad') ? Object.assign(new Error('out of range'), { code: '22003' }) : null,
    );
    for (const id of ['a', 'bad', 'c']) log.note(call(id));
    await log.close();
    expect(stored).toEqual([['a'], ['c']]);
  });

  it('loses rather than holds without end', async () => {
    const { log, stored } = harness({ gatherMs: 60_000, maxWaiting: 2 });
    for (const id of ['a', 'b', 'c']) log.note(call(id));
    await log.close();
    expect(stored.flat()).toEqual(['a', 'b']);
  });
});
