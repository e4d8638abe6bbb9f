import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { isDomainError } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import type { Database, KeyLimits, KeySpendStore } from '@zerorouter/database';
import { describeWithDatabase } from '../../../../packages/database/test/test-database.js';
import { NO_LIMITS } from '../../test/stored-key.js';
import type { Caller } from '../access/caller.js';
import { AdmissionService } from './admission.service.js';
import { KeyBudgets } from './key-budgets.js';

jest.setTimeout(60_000);

const NAMES = ['openai/large', 'openai/small', 'local/small'];
const NOON = Date.UTC(2026, 5, 15, 12);
const SAID: unknown[] = [];
const say = (about: unknown) => void SAID.push(about);
const logger = { warn: say, error: say } as never;
const refusal = (code: string) => expect.objectContaining({ code });

describeWithDatabase('AdmissionService', (databaseUrl) => {
  const databases: Database[] = [];
  const open: { close: () => Promise<void> }[] = [];
  let now = NOON;

  beforeAll(() => {
    databases.push(connectDatabase(databaseUrl()), connectDatabase(databaseUrl()));
  });
  afterEach(() => Promise.all(open.splice(0).map((one) => one.close())));
  afterAll(() => Promise.all(databases.map((database) => database.close())));

  /** A gateway with a pool of its own. */
  function gateway(which = 0, { reservationMs = 60_000, spends = {} } = {}) {
    const { keyRates, keySpends } = databases[which]!;
    const asked = { spends: 0 };
    const store: Pick<
      KeySpendStore,
      'reserve' | 'settle' | 'renew' | 'freeLapsed' | 'prune' | 'get'
    > = {
      reserve: (...args) => (asked.spends++, keySpends.reserve(...args)),
      settle: (...args) => keySpends.settle(...args),
      renew: (...args) => keySpends.renew(...args),
      freeLapsed: (...args) => keySpends.freeLapsed(...args),
      prune: () => keySpends.prune(),
      get: (...args) => (asked.spends++, keySpends.get(...args)),
      ...spends,
    };
    const budgets = new KeyBudgets(store, { reservationMs, logger, clock: () => now });
    const service = new AdmissionService(keyRates, budgets, {
      defaultPolicy: 'balanced',
      modelNames: () => NAMES,
    });
    open.push(service);
    return { service, budgets, asked };
  }

  const caller = (limits: Partial<KeyLimits>, keyId: string | null = randomUUID()): Caller => ({
    keyId,
    scopes: ['chat'],
    limits: { ...NO_LIMITS, ...limits },
  });
  const day = (usd: number): Partial<KeyLimits> => ({ budget: { usd, period: 'day' } });
  const stateOf = ({ keyId }: Caller, atMs = NOON) =>
    databases[0]!.keySpends.get({
      keyId: keyId!,
      period: 'day',
      startsAt: new Date(atMs - (atMs % 86_400_000)),
    });

  it('asks Postgres nothing for a caller without limits', async () => {
    const nothing = new AdmissionService(
      { take: () => Promise.reject(new Error('asked')), giveBack: () => Promise.resolve() },
      new KeyBudgets(null as never, { reservationMs: 60_000, logger }),
      { defaultPolicy: 'balanced', modelNames: () => NAMES },
    );
    for (const who of [{ keyId: null, scopes: [] }, caller({})]) {
      const admission = await nothing.admit(who, { models: ['openai/*'], tokens: 10 });
      expect(admission).not.toHaveProperty('models');
      const { settle } = await admission.reserve(1_000);
      await settle(1_000, 5);
      expect(nothing.headersFor(who)).toBeUndefined();
    }
    await nothing.close();
  });

  it('lets through as many of 200 calls at once as a budget holds, through two gateways', async () => {
    const gateways = [gateway(0), gateway(1)];
    const who = caller(day(0.7));
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const { reserve } = await gateways[i % 2]!.service.admit(who, { tokens: 10 });
        try {
          const { settle } = await reserve(0.1);
          await sleep(5);
          await settle(0.1);
          return 'answered';
        } catch (error) {
          return isDomainError(error) ? error.code : error;
        }
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'answered')).toHaveLength(7);
    expect(new Set(outcomes)).toEqual(new Set(['answered', 'key-budget-exhausted']));
    expect(await stateOf(who)).toEqual({ spentUsd: 0.7, reservedUsd: 0 });

    // What is known to be spent is refused before anything is decided, and a decision costs nothing.
    const { service } = gateways[0]!;
    await expect(service.admit(who, { tokens: 10 })).rejects.toMatchObject({
      code: 'key-budget-exhausted',
      details: { spent_usd: 0.7, budget_usd: 0.7, period_ends_at: '2026-06-16T00:00:00.000Z' },
    });
    await service.admit(who, { tokens: 10, decisionOnly: true });

    now = NOON + 86_400_000;
    await (await (await service.admit(who, { tokens: 10 })).reserve(0.7)).release();
    expect(await stateOf(who, now)).toEqual({ spentUsd: 0, reservedUsd: 0 });
    now = NOON;
  });

  it('settles once, whatever is called besides', async () => {
    const { service } = gateway();
    const who = caller(day(1));
    const reservation = await (await service.admit(who, { tokens: 0 })).reserve(0.5);
    await Promise.all([reservation.settle(0.2), reservation.settle(0.3), reservation.release()]);
    expect(await stateOf(who)).toEqual({ spentUsd: 0.2, reservedUsd: 0 });
  });

  it('goes on by another policy once the budget is spent', async () => {
    const { service, asked } = gateway();
    const who = caller({ ...day(0.1), downgradePolicy: 'min-cost', models: ['openai/*'] });
    const first = await service.admit(who, { models: ['*small'], policy: 'quality', tokens: 0 });
    expect(first).toMatchObject({ models: ['openai/small'] });
    expect(first.policy).toBeUndefined();
    await expect(first.reserve(0.2)).rejects.toEqual(refusal('key-budget-exhausted'));
    expect(first.downgrade).toMatchObject({
      models: ['openai/small'],
      policy: 'min-cost',
      downgrade: null,
    });
    await (await first.downgrade!.reserve(0.2)).settle(0.15);

    const before = asked.spends;
    expect(await service.admit(who, { tokens: 0 })).toMatchObject({ policy: 'min-cost' });
    expect(asked.spends).toBe(before);

    // A model that the request names stands until it is refused; then all that the key allows.
    const pinned = await service.admit(who, {
      models: ['openai/large'],
      policy: 'pinned',
      tokens: 0,
    });
    expect(pinned.models).toEqual(['openai/large']);
    await expect(pinned.reserve(0.01)).rejects.toEqual(refusal('key-budget-exhausted'));
    expect(pinned.downgrade).toMatchObject({ models: ['openai/large', 'openai/small'] });
  });

  it('holds pinned calls to the models of the key, whether or not they can be decided on', async () => {
    const { service } = gateway();
    const who = caller({ models: ['embed/*'] });
    const request = { policy: 'pinned', tokens: 0 };
    await service.admit(who, { ...request, models: ['embed/one'] });
    await expect(service.admit(who, { ...request, models: ['openai/large'] })).rejects.toEqual(
      refusal('model-not-allowed'),
    );
  });

  it('keeps two gateways together below the rate, and tells what is left', async () => {
    const gateways = [gateway(0), gateway(1)];
    const limits = { requestsPerMinute: 20, tokensPerMinute: 5_000 };
    const keyId = randomUUID();
    const callers = Array.from({ length: 100 }, () => caller(limits, keyId));
    const outcomes = await Promise.all(
      callers.map((who, i) =>
        gateways[i % 2]!.service.admit(who, { tokens: 100 }).then(
          () => 'admitted',
          (error: unknown) => error,
        ),
      ),
    );
    const admitted = outcomes.filter((outcome) => outcome === 'admitted');
    // One more may have filled in while this ran.
    expect([20, 21]).toContain(admitted.length);
    const refused = outcomes.findIndex((outcome) => outcome !== 'admitted');
    expect(outcomes[refused]).toMatchObject({ code: 'rate-limited', details: { retryAfter: 3 } });
    expect(gateways[refused % 2]!.service.headersFor(callers[refused]!)).toMatchObject({
      'x-ratelimit-limit-requests': '20',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-limit-tokens': '5000',
    });
    await expect(gateways[0]!.service.admit(callers[0]!, { tokens: 5_001 })).rejects.toEqual(
      refusal('tokens-exceed-rate'),
    );
  });

  it('frees what a gateway held that was killed, and keeps what a slow call holds', async () => {
    const slow = gateway(0, { reservationMs: 400 });
    const who = caller(day(1));
    const held = await (await slow.service.admit(who, { tokens: 0 })).reserve(0.4);
    // Nobody renews this one: its gateway is gone.
    await databases[1]!.keySpends.reserve(
      { keyId: who.keyId!, period: 'day', startsAt: new Date(NOON - (NOON % 86_400_000)) },
      { id: randomUUID(), usd: 0.6, limitUsd: 1, ttlMs: 400 },
    );
    const other = gateway(1);
    const { reserve } = await other.service.admit(who, { tokens: 0 });
    await expect(reserve(0.1)).rejects.toEqual(refusal('key-budget-exhausted'));
    await sleep(900);
    const freed = await reserve(0.6);
    await expect(reserve(0.1)).rejects.toEqual(refusal('key-budget-exhausted'));
    await Promise.all([held.settle(0.4), freed.release()]);
    expect(await stateOf(who)).toEqual({ spentUsd: 0.4, reservedUsd: 0 });
  });

  it('settles when Postgres is back, and before it closes', async () => {
    const who = caller(day(1));
    let failures = 2;
    const { service } = gateway(0, {
      spends: {
        settle: (id: string, usd: number) =>
          failures-- > 0
            ? Promise.reject(new Error('away'))
            : databases[0]!.keySpends.settle(id, usd),
      },
    });
    const { settle } = await (await service.admit(who, { tokens: 0 })).reserve(0.5);
    await settle(0.25);
    expect(await stateOf(who)).toEqual({ spentUsd: 0.25, reservedUsd: 0 });
    expect(SAID).toContainEqual(expect.objectContaining({ keyId: who.keyId, usd: 0.25 }));

    const last = await (await service.admit(who, { tokens: 0 })).reserve(0.5);
    void last.settle(0.5);
    await service.close();
    expect(await stateOf(who)).toEqual({ spentUsd: 0.75, reservedUsd: 0 });
  });
});
