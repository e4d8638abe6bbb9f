import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { feedbackSchema, feedbackSourceListSchema, learnFeedback } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import {
  createHttpApp,
  createLogger,
  createQueueBackend,
  generateApiKey,
} from '@zerorouter/platform';
import type { QueueBackend } from '@zerorouter/platform';
import { sampleDecision } from '../../../../packages/database/test/sample-decision.js';
import { sampleProfile, sampleSpace } from '../../../../packages/database/test/sample-space.js';
import { describeWithDatabase } from '../../../../packages/database/test/test-database.js';
import { AccessGuard } from '../access/access.guard.js';
import { KeyRing } from '../access/key-ring.js';
import { GATEWAY_STATUSES } from '../problem-statuses.js';
import { DATABASE } from '../tokens.js';
import { FeedbackSourcesController } from './feedback-sources.controller.js';
import { FeedbackController } from './feedback.controller.js';
import { FeedbackService } from './feedback.service.js';

jest.setTimeout(60_000);

class FeedbackModule {}

describeWithDatabase('POST /v1/feedback', (databaseUrl) => {
  const logger = createLogger('test', 'silent');
  let database: Database;
  let queues: QueueBackend;
  let app: Awaited<ReturnType<typeof createHttpApp>>;
  let url: string;
  let keyId: string;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
    await database.profiles.upsert({
      profile: sampleProfile('acme/model'),
      spaceVersion: 'v1',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    });
    for (const name of ['own', 'other', 'admin']) {
      const { key, hash, prefix } = generateApiKey();
      keys[name] = key;
      const scopes = [name === 'admin' ? ('admin' as const) : ('route' as const)];
      const { id } = await database.keys.create({ name, scopes, hash, prefix });
      if (name === 'own') keyId = id;
    }
    queues = await createQueueBackend({ DATABASE_URL: databaseUrl(), QUEUE_PREFIX: 'zr' }, logger);
    const producer = await queues.producer(learnFeedback, { waits: false });
    app = await createHttpApp(
      {
        module: FeedbackModule,
        controllers: [FeedbackController, FeedbackSourcesController],
        providers: [
          { provide: DATABASE, useValue: database },
          {
            provide: FeedbackService,
            useValue: new FeedbackService(database.feedback, producer, logger),
          },
          {
            provide: APP_GUARD,
            inject: [Reflector],
            useFactory: (reflector: Reflector) =>
              new AccessGuard(reflector, new KeyRing(database.keys), false),
          },
        ],
      },
      { logger, maxBodyBytes: 100_000, statuses: GATEWAY_STATUSES },
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    url = await app.getUrl();
  });
  afterAll(async () => {
    await app.close();
    await queues.close();
    await database.close();
  });

  const post = async (
    path: string,
    body: object,
    key: string | undefined,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      body: JSON.stringify(body),
    });
    const json = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body: json };
  };
  const give = (body: object, headers = {}, key = keys['own']) =>
    post('/v1/feedback', body, key, headers);
  const decide = async () => {
    const record = sampleDecision({ keyId });
    await database.decisions.appendMany([record]);
    return record.id;
  };
  const outcome = ({ status, body }: Awaited<ReturnType<typeof give>>) => [status, body['code']];

  it('stores feedback once, and tells the profiler', async () => {
    const body = { decision_id: await decide(), score: 0.75, source: 'tests', output_tokens: 12 };
    const key = { 'idempotency-key': 'k1' };
    const first = await give(body, key);
    expect([first.status, feedbackSchema.parse(first.body)]).toMatchObject([
      201,
      { score: 0.75, source: 'tests', output_tokens: 12, state: 'pending', settled_at: null },
    ]);
    const again = await give(body, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(again.body['id']).toBe(first.body['id']);
    expect(outcome(await give({ ...body, score: 0 }, key))).toEqual([
      422,
      'idempotency-key-reused',
    ]);
    expect(outcome(await give({ ...body, score: 0 }))).toEqual([409, 'feedback-given']);
    expect((await give({ ...body, source: 'users' })).status).toBe(201);
    const producer = await queues.producer(learnFeedback, { waits: false });
    // One job a model, however much feedback there is.
    for (let i = 0; i < 100 && (await producer.waiting()) === 0; i++) await sleep(20);
    await sleep(100);
    expect(await producer.waiting()).toBe(1);
  });

  it('is for decisions of one’s own, and well-formed content', async () => {
    const body = { decision_id: await decide(), score: 1, source: 'tests' };
    expect(outcome(await give(body, {}, keys['other']))).toEqual([404, 'decision-not-found']);
    expect((await post('/v1/feedback', body, undefined)).status).toBe(401);
    for (const wrong of [{ score: 1.01 }, { score: -0.1 }, { source: ' ' }, { extra: 1 }])
      expect((await give({ ...body, ...wrong })).status).toBe(400);
    expect((await give(body, { 'idempotency-key': 'with blanks' })).status).toBe(400);
  });

  it('lists and releases sources for administrators', async () => {
    const id = await decide();
    const { body } = await give({ decision_id: id, score: 0, source: 'liar' });
    const source = body['source_id'] as string;
    const modelId = (await database.models.get('acme/model'))!.id;
    await database.feedbackLearning.learn(modelId, 100, (batch) =>
      Promise.resolve({
        profile: batch.profile,
        state: {},
        sources: [{ id: source, state: {}, quarantine: 'it lies' }],
        settled: batch.verdicts.map(({ id: verdict, sourceId }) => ({
          id: verdict,
          as: sourceId === source ? ('quarantined' as const) : ('learned' as const),
        })),
      }),
    );
    const list = await fetch(`${url}/admin/v1/feedback-sources`, {
      headers: { authorization: `Bearer ${keys['admin']}` },
    });
    const [first] = feedbackSourceListSchema.parse(await list.json()).data;
    expect(first).toMatchObject({
      id: source,
      name: 'liar',
      trusted: false,
      reason: 'it lies',
      feedback: { quarantined: 1 },
    });
    const path = `/admin/v1/feedback-sources/${source}/release`;
    expect((await post(path, {}, keys['own'])).status).toBe(403);
    const released = await post(path, { learn: true }, keys['admin']);
    expect([released.status, released.body]).toEqual([200, { id: source, models: [modelId] }]);
    expect(outcome(await post(path, {}, keys['admin']))).toEqual([409, 'source-trusted']);
    const none = await post('/admin/v1/feedback-sources/src_none/release', {}, keys['admin']);
    expect(outcome(none)).toEqual([404, 'feedback-source-not-found']);
  });

  it('does not wait for the queue', async () => {
    const never = new Promise<string>(() => {});
    const service = new FeedbackService(database.feedback, { add: () => never }, logger);
    const given = { decision_id: await decide(), score: 1, source: 'tests' };
    const { created } = await service.give(given, { keyId, scopes: ['route'] }, null);
    expect(created).toBe(true);
  });
});
