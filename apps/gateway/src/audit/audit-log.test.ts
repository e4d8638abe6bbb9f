import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '@zerorouter/database';
import { AuditLog } from './audit-log.js';
import type { NewAuditEntry } from './audit-log.js';

const DAY_MS = 86_400_000;

function harness({ failing = false } = {}) {
  const stored: Omit<AuditEntry, 'id'>[] = [];
  const deletedBefore: Date[] = [];
  const said: { level: string; about: unknown }[] = [];
  const time = { ms: 1_000 * DAY_MS };
  const say = (level: string) => (about: unknown) => void said.push({ level, about });
  const log = new AuditLog(
    {
      add: (entry) => {
        if (failing) return Promise.reject(new Error('away'));
        stored.push(entry);
        return Promise.resolve();
      },
      deleteBefore: (before) => {
        deletedBefore.push(before);
        return failing ? Promise.reject(new Error('away')) : Promise.resolve(0);
      },
    },
    { warn: say('warn'), error: say('error') } as never,
    { retentionMs: 30 * DAY_MS, clock: () => time.ms },
  );
  return { log, stored, deletedBefore, said, time };
}

const entry = (keyId: string | null): NewAuditEntry => ({
  keyId,
  action: 'POST /admin/v1/keys',
  target: null,
  status: 401,
  problem: 'invalid-key',
  requestId: 'req-1',
  ip: '127.0.0.1',
});

describe('AuditLog', () => {
  it('stores all that keys do, and of strangers no more than 60 calls a minute', async () => {
    const { log, stored, said, time } = harness();
    for (let i = 0; i < 100; i++) {
      await log.add(entry(null));
      await log.add(entry('key_1'));
    }
    const strangers = () => stored.filter(({ keyId }) => keyId === null).length;
    expect([strangers(), stored.length]).toEqual([60, 160]);
    expect(said).toHaveLength(1);
    time.ms += 59_999;
    await log.add(entry(null));
    expect(strangers()).toBe(60);
    time.ms += 1;
    await log.add(entry(null));
    expect(strangers()).toBe(61);
    expect(stored.at(-1)!.createdAt).toEqual(new Date(time.ms));
    await log.close();
  });

  it('logs an entry whole that it cannot store, and throws nothing', async () => {
    const { log, said } = harness({ failing: true });
    await log.add(entry('key_1'));
    expect(said).toEqual([
      { level: 'error', about: expect.objectContaining({ audit: entry('key_1') }) },
    ]);
    await log.forgetOld();
    expect(said.map(({ level }) => level)).toEqual(['error', 'warn']);
    await log.close();
  });

  it('forgets what is older than it is to be kept', async () => {
    const { log, deletedBefore, time } = harness();
    await log.forgetOld();
    expect(deletedBefore).toEqual([new Date(time.ms - 30 * DAY_MS)]);
    await log.close();
  });
});
