import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase } from '../../packages/local-stack/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import type { Answer } from '../stack/client.js';
import { tell } from '../stack/fault-matrix.js';
import { openFaultyLink, type FaultyLink, type LinkState } from '../stack/faulty-link.js';
import { expectUnavailable, OutageAsker } from '../stack/outage-asker.js';

/** What a prediction may take, and what all else adds to it when something is away. */
const PREDICTION_TIMEOUT_MS = 4_000;
const DEADLINE_MS = 15_000;
const HEALS_WITHIN_MS = 20_000;

let postgres: FaultyLink;
let redis: FaultyLink | null;
let own: OwnStack;
let asker: OutageAsker;

const unseen = (): string => asker.unseen();
const ask = (query: string): Promise<Answer> => asker.ask(query);
const SEEN = 'A question that the gateway remembers?';

beforeAll(async () => {
  const { serverUrl, prefix, template, redisUrl } = prepared();
  const database = await createDatabase(
    serverUrl,
    `${prefix}_${randomBytes(4).toString('hex')}`,
    template,
  );
  postgres = await openFaultyLink(database);
  redis = redisUrl === null ? null : await openFaultyLink(redisUrl);
  own = await bootOwnStack({
    databaseUrl: postgres.url,
    redisUrl: redis?.url ?? null,
    env: { PREDICTION_TIMEOUT_MS: String(PREDICTION_TIMEOUT_MS) },
  });
  asker = new OutageAsker(own.client, {
    deadlineMs: DEADLINE_MS,
    healsWithinMs: HEALS_WITHIN_MS,
  });
  await own.client.route({ query: SEEN });
});

afterAll(async () => {
  await own.stop();
  await postgres.close();
  await redis?.close();
});

afterEach(() => {
  // Nothing was started again: what healed, healed by itself.
  expect(own.notes.filter((note) => / ended /.test(note))).toEqual([]);
});

function tellHealed(seen: string, healedMs: number): void {
  tell(seen, { healed_ms: healedMs, slowest_ms: asker.slowest });
}

describe.each<LinkState>(['frozen', 'cut'])('while Postgres is %s', (state) => {
  it('refuses within the deadline, says so, and heals by itself', async () => {
    postgres.set(state);
    try {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, i) => ask(i % 2 === 0 ? SEEN : unseen())),
      );
      // A decision is stored before it is told: without a database there is none, not even from memory.
      for (const answer of answers) expectUnavailable(answer);
      expect((await own.client.get('/health/live')).status).toBe(200);
      await asker.untilReadyIs(503, performance.now() + 5_000);
    } finally {
      postgres.set('whole');
    }
    tellHealed('503 with Retry-After, then answers', await asker.healed());
  }, 90_000);
});

describe('while Postgres takes no new connection', () => {
  it('goes on with those that it has', async () => {
    // As many as a gateway under way has; after an outage it begins with one.
    for (let i = 0; i < 3; i++)
      await Promise.all(Array.from({ length: 16 }, () => own.client.get('/v1/decisions/none')));
    postgres.set('full');
    try {
      for (let i = 0; i < 5; i++) expect((await ask(SEEN)).status).toBe(200);
    } finally {
      postgres.set('whole');
    }
    tellHealed('answers from the connections that are open', await asker.healed());
  }, 60_000);
});

describe('over a slow network', () => {
  it('is slower, and nothing else', async () => {
    for (const link of [postgres, redis]) link?.delay(40);
    try {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(unseen())));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    } finally {
      for (const link of [postgres, redis]) link?.delay(0);
    }
    tell('answered, later', { delay_ms: 40, slowest_ms: asker.slowest });
  }, 60_000);
});

describe('while the queue is away', () => {
  it.each<LinkState>(['frozen', 'cut'])(
    'answers what it remembers and refuses what it does not, when Redis is %s',
    async (state) => {
      // Queues on Postgres are away when Postgres is: see above.
      const link = redis ?? postgres;
      link.set(state);
      try {
        expectUnavailable(await ask(unseen()));
        const remembered = await ask(SEEN);
        if (redis === null) expectUnavailable(remembered);
        else expect(remembered.status).toBe(200);
      } finally {
        link.set('whole');
      }
      tellHealed(
        redis === null
          ? '503 with Retry-After, then answers'
          : 'seen texts from memory, unseen ones 503, then answers',
        await asker.healed(),
      );
    },
    90_000,
  );
});

describe('ten times as much as it can take', () => {
  it('is shed at once, so that what is taken is answered in time, and then it is over', async () => {
    const taken: number[] = [];
    let shed = 0;
    const until = performance.now() + 8_000;
    await Promise.all(
      Array.from({ length: 900 }, async () => {
        while (performance.now() < until) {
          const start = performance.now();
          const answer = await own.client.post('/v1/route', { query: unseen() });
          if (answer.status === 200) taken.push(performance.now() - start);
          else {
            expectUnavailable(answer);
            shed++;
            await sleep(300);
          }
        }
      }),
    );
    expect(taken.length).toBeGreaterThan(50);
    expect(shed).toBeGreaterThan(50);
    taken.sort((a, b) => a - b);
    const p99 = taken[Math.floor(0.99 * taken.length)]!;
    expect(p99).toBeLessThan(DEADLINE_MS);
    const healedMs = await asker.healed();
    const start = performance.now();
    expect((await ask(unseen())).status).toBe(200);
    expect(performance.now() - start).toBeLessThan(2_000);
    tell('shed with 503 at once, the rest in time', {
      taken: taken.length,
      shed,
      p99_ms: Math.round(p99),
      healed_ms: healedMs,
    });
  }, 90_000);
});
