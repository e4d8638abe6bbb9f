import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase } from '../../packages/local-stack/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem, type Answer } from '../stack/client.js';
import { openFaultyLink, type FaultyLink, type LinkState } from '../stack/faulty-link.js';

/** What a prediction may take, and what all else adds to it when something is away. */
const PREDICTION_TIMEOUT_MS = 4_000;
const DEADLINE_MS = 15_000;
const HEALS_WITHIN_MS = 20_000;

let postgres: FaultyLink;
let redis: FaultyLink | null;
let own: OwnStack;
let asked = 0;

const unseen = (): string => `Question ${++asked}: which number comes after ${asked * 13}?`;
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

/** Asks, and holds the answer to the deadline. */
async function ask(query: string): Promise<Answer> {
  const start = performance.now();
  const answer = await own.client.post('/v1/route', { query });
  expect(performance.now() - start).toBeLessThan(DEADLINE_MS);
  return answer;
}

function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
}

async function expectHealed(): Promise<void> {
  const deadline = performance.now() + HEALS_WITHIN_MS;
  for (;;) {
    const answer = await ask(unseen());
    if (answer.status === 200) break;
    expectUnavailable(answer);
    expect(performance.now()).toBeLessThan(deadline);
    await sleep(200);
  }
  // And stays so.
  for (let i = 0; i < 5; i++) expect((await ask(unseen())).status).toBe(200);
  await untilReadyIs(200, deadline);
}

async function untilReadyIs(status: number, deadline: number): Promise<void> {
  while ((await own.client.get('/health/ready')).status !== status) {
    expect(performance.now()).toBeLessThan(deadline);
    await sleep(200);
  }
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
      await untilReadyIs(503, performance.now() + 5_000);
    } finally {
      postgres.set('whole');
    }
    await expectHealed();
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
    await expectHealed();
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
      await expectHealed();
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
    expect(taken[Math.floor(0.99 * taken.length)]).toBeLessThan(DEADLINE_MS);
    await expectHealed();
    const start = performance.now();
    expect((await ask(unseen())).status).toBe(200);
    expect(performance.now() - start).toBeLessThan(2_000);
  }, 90_000);
});
