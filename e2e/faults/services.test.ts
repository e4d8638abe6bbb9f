import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import type { Answer } from '../stack/client.js';
import { tell } from '../stack/fault-matrix.js';
import { decisionsIn, expectAllStored, load, tally, type Outcome } from '../stack/load.js';
import { expectUnavailable, OutageAsker } from '../stack/outage-asker.js';
import {
  eatConnections,
  startOwnPostgres,
  startOwnRedis,
  type OwnService,
} from '../stack/own-services.js';

const PREDICTION_TIMEOUT_MS = 4_000;
const DEADLINE_MS = 15_000;
const HEALS_WITHIN_MS = 30_000;
const SEEN = 'A question that the gateway remembers?';

let postgres: OwnService;
let redis: OwnService | null = null;
let own: OwnStack;
let asker: OutageAsker;
/** What has been started, whether or not all of it was. */
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startOwnPostgres({
    // Sessions that are held while their password is asked for stay that long.
    settings: { authentication_timeout: '300s' },
  });
  closing.push(() => postgres.close());
  redis = prepared().redisUrl === null ? null : await startOwnRedis();
  closing.push(async () => redis?.close());
  own = await bootOwnStack({
    databaseUrl: postgres.url,
    redisUrl: redis?.url ?? null,
    env: { PREDICTION_TIMEOUT_MS: String(PREDICTION_TIMEOUT_MS) },
  });
  closing.push(() => own.stop());
  asker = new OutageAsker(own.client, { deadlineMs: DEADLINE_MS, healsWithinMs: HEALS_WITHIN_MS });
  await own.client.route({ query: SEEN });
}, 600_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

afterEach(() => {
  // Nothing was started again: what healed, healed by itself.
  expect(own.notes.filter((note) => / ended /.test(note))).toEqual([]);
});

/** Asks what is remembered and what is not, as many do at once. */
const askMany = (): Promise<Answer[]> =>
  Promise.all(Array.from({ length: 8 }, (_, i) => asker.ask(i % 2 === 0 ? SEEN : asker.unseen())));

/** A load while something fails and comes back; what was told of in it is stored. */
async function underLoad(about: string, fail: () => Promise<void>): Promise<Outcome[]> {
  let over = false;
  const outcomes: Outcome[] = [];
  const loaded = load(own.client, 6, () => over, outcomes, about);
  try {
    await fail();
  } finally {
    over = true;
    await loaded;
  }
  expect(outcomes.filter(({ kind }) => kind !== 'answer')).toEqual([]);
  for (const outcome of outcomes) {
    expect(outcome.endedAt - outcome.sentAt).toBeLessThan(DEADLINE_MS);
    if (outcome.kind === 'answer' && outcome.answer.status !== 200)
      expectUnavailable(outcome.answer);
  }
  await expectAllStored(own.client, decisionsIn(outcomes));
  return outcomes;
}

describe('the process of Postgres', () => {
  it('paused: everything is refused within the deadline, and heals', async () => {
    postgres.pause();
    try {
      // A decision is stored before it is told: without a database there is none, not even from memory.
      const adminKey = own.stack.adminKey!;
      const feedback = { decision_id: 'dec_none', score: 1, source: 'user' };
      const [decisions, ...others] = await Promise.all([
        askMany(),
        // Nobody has asked with this key yet: it has to be looked up.
        own.client.get('/admin/v1/keys', adminKey),
        own.client.get('/v1/decisions/dec_none'),
        own.client.post('/v1/feedback', feedback),
      ]);
      for (const answer of [...decisions, ...others]) expectUnavailable(answer);
      expect((await own.client.get('/health/live')).status).toBe(200);
      expect((await own.client.get('/v1/models')).status).toBe(200);
    } finally {
      postgres.resume();
    }
    const healed_ms = await asker.healed();
    tell('503 with Retry-After, then answers', { healed_ms, slowest_ms: asker.slowest });
  }, 120_000);

  it('paused for a moment amid requests: they wait or are refused, and none is lost', async () => {
    const outcomes = await underLoad('While Postgres pauses', async () => {
      await sleep(500);
      postgres.pause();
      await sleep(2_000);
      postgres.resume();
      await asker.healed();
    });
    tell('answered late or 503; every answer stored', tally(outcomes));
  }, 120_000);

  it('crashed and started again amid requests: they are refused at once, and it heals', async () => {
    const before = own.stack.pid('gateway');
    let healed_ms = 0;
    const outcomes = await underLoad('While Postgres crashes', async () => {
      await sleep(500);
      await postgres.crash();
      for (const answer of await askMany()) expectUnavailable(answer);
      await postgres.startAgain();
      healed_ms = await asker.healed();
    });
    expect(own.stack.pid('gateway')).toBe(before);
    tell('503 with Retry-After, then answers; every answer stored', {
      ...tally(outcomes),
      healed_ms,
      slowest_ms: asker.slowest,
    });
  }, 120_000);

  it('out of connections: what is open goes on, the rest is refused, and it heals', async () => {
    const eater = eatConnections(postgres.url);
    const statuses: number[] = [];
    try {
      await eater.full();
      // Long enough for idle connections to be let go of, which the eater takes as well.
      for (const start = performance.now(); performance.now() - start < 20_000;) {
        for (const answer of await askMany()) {
          statuses.push(answer.status);
          if (answer.status !== 200) expectUnavailable(answer);
        }
      }
      // Whatever it was that let go.
      expect(eater.held).toBeGreaterThan(0);
      expect((await own.client.get('/health/live')).status).toBe(200);
    } finally {
      eater.release();
    }
    const healed_ms = await asker.healed();
    tell('answers from open connections or 503 with Retry-After', {
      200: statuses.filter((status) => status === 200).length,
      503: statuses.filter((status) => status === 503).length,
      healed_ms,
    });
  }, 120_000);
});

describe('the process of Redis', () => {
  /** What is in memory needs no queue; on Postgres there is no Redis to fail, and all goes on. */
  const expectOnlySeen = async (): Promise<void> => {
    const [seen, unseen] = await Promise.all([asker.ask(SEEN), asker.ask(asker.unseen())]);
    expect(seen.status).toBe(200);
    if (redis === null) expect(unseen.status).toBe(200);
    else expectUnavailable(unseen);
  };
  const seenInMemory =
    'seen texts are answered from memory, unseen ones 503 with Retry-After, then answers';

  it('paused: seen texts are answered, and it heals', async () => {
    redis?.pause();
    try {
      await expectOnlySeen();
    } finally {
      redis?.resume();
    }
    const healed_ms = await asker.healed();
    tell(redis === null ? 'there is none: all goes on' : seenInMemory, { healed_ms });
  }, 120_000);

  it('crashed, and started again with nothing in it: seen texts are answered, and it heals', async () => {
    await redis?.crash();
    await expectOnlySeen();
    await redis?.startAgain();
    const healed_ms = await asker.healed();
    tell(redis === null ? 'there is none: all goes on' : seenInMemory, { healed_ms });
  }, 120_000);

  it('crashed and started again amid requests: every answer is stored', async () => {
    const outcomes = await underLoad('While Redis crashes', async () => {
      await sleep(500);
      await redis?.crash();
      await sleep(500);
      await redis?.startAgain();
      await asker.healed();
    });
    tell('answered or 503 with Retry-After; every answer stored', tally(outcomes));
  }, 120_000);
});
