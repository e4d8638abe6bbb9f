import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { declaredModelSchema, policyRequestSchema } from '@zerorouter/contracts';
import type { Declaration } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { SecretBox } from '@zerorouter/providers';
import { sampleSpace } from '../../../database/test/sample-space.js';
import { describeWithDatabase } from '../../../database/test/test-database.js';
import { openModelAdmin } from '../open-model-admin.js';
import { reconcile } from './reconcile.js';

const settings = {
  SECRETS_KEY: randomBytes(32).toString('base64'),
  PROVIDER_ALLOW_PRIVATE: 'false' as const,
  DEFAULT_POLICY: 'balanced',
};
const A = { base_url: 'https://a.example/v1', api_key: 'sk-aaaaaaaaaaaaaaaa' };
const B = { base_url: 'https://b.example/v1', upstream_model: 'b' };

const declare = (models: object[], policies: Record<string, object> = {}): Declaration => ({
  models: models.map((value, i) => ({
    at: ['models', i],
    value: declaredModelSchema.parse(value),
  })),
  policies: Object.entries(policies).map(([name, policy]) => ({
    at: ['policies', name],
    value: { name, policy: policyRequestSchema.parse(policy) },
  })),
});

describeWithDatabase('reconcile', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1', { state: 'active' }));
  });
  afterAll(() => database.close());

  const run = async (declaration: Declaration, more: object = {}, dryRun = false) =>
    (await reconcile(declaration, database, { settings: { ...settings, ...more }, dryRun })).map(
      ({ kind, name, action, changes }) => [kind, name, action, ...changes],
    );
  const urls = async (name: string) =>
    (await database.models.get(name))?.deployments.map(({ baseUrl }) => baseUrl);
  const keysOf = async (name: string, box = new SecretBox(settings)) =>
    (await database.models.sealedDeployments((await database.models.get(name))!.id)).map(
      ({ id, apiKeyCiphertext }) => apiKeyCiphertext && box.open(apiKeyCiphertext, id),
    );

  it('creates what is declared, once, and a dry run only tells of it', async () => {
    const declaration = declare(
      [{ name: 'acme/one', prices: { input_per_mtok: 1, output_per_mtok: 2 }, deployments: [A] }],
      { cheap: { weights: { accuracy: 1, cost: 1, latency: 0 } } },
    );
    const created = [
      ['policy', 'cheap', 'create'],
      ['model', 'acme/one', 'create'],
    ];
    expect(await run(declaration, {}, true)).toEqual(created);
    expect([await database.models.get('acme/one'), await database.policies.get('cheap')]).toEqual([
      null,
      null,
    ]);
    expect(await run(declaration)).toEqual(created);
    const { revision, id } = (await database.models.get('acme/one'))!;
    expect(await run(declaration)).toEqual([
      ['policy', 'cheap', 'unchanged'],
      ['model', 'acme/one', 'unchanged'],
    ]);
    expect(await database.models.get('acme/one')).toMatchObject({ revision });
    expect(await database.policies.versions('cheap')).toHaveLength(1);
    expect(await database.profiles.get(id)).toMatchObject({ state: 'draft' });
    expect(await keysOf('acme/one')).toEqual([A.api_key]);
  });

  it('changes what differs, and leaves members alone that are not declared', async () => {
    await run(declare([{ name: 'acme/two', context_window: 8_000, size_b: 7, deployments: [A] }]));
    const change = declare(
      [{ name: 'acme/two', context_window: null, deployments: [{ ...A, api_key: 'sk-new' }] }],
      { cheap: { weights: { accuracy: 1, cost: 2, latency: 0 } } },
    );
    const steps = [
      ['policy', 'cheap', 'update', 'weights'],
      ['model', 'acme/two', 'update', 'context_window', `api_key of ${A.base_url}`],
    ];
    expect(await run(change, {}, true)).toEqual(steps);
    expect(await keysOf('acme/two')).toEqual([A.api_key]);
    expect(await run(change)).toEqual(steps);
    expect(await database.models.get('acme/two')).toMatchObject({ contextWindow: null, sizeB: 7 });
    expect(await keysOf('acme/two')).toEqual(['sk-new']);
    expect(await database.policies.get('cheap')).toMatchObject({ version: 2 });
  });

  it('takes deployments away that it has made, and none of others', async () => {
    const name = 'acme/three';
    const C = { base_url: 'https://c.example/v1', api_key: 'sk-cccccccccccccccc' };
    const kept = { base_url: A.base_url };
    await run(declare([{ name, deployments: [A] }]));
    const admin = openModelAdmin(database, settings);
    await admin.update(name, { deployments: [kept, C] }, {});
    expect(await run(declare([{ name, deployments: [B] }]))).toEqual([
      [
        'model',
        name,
        'update',
        `deployment ${B.base_url} is new`,
        `deployment ${A.base_url} is no longer declared`,
      ],
    ]);
    expect(await urls(name)).toEqual([C.base_url, B.base_url]);
    expect(await keysOf(name)).toEqual([C.api_key, null]);
    // What somebody else has made stays theirs, although it was declared for a while.
    await run(declare([{ name, deployments: [B, C] }]));
    await run(declare([{ name, deployments: [] }]));
    expect(await urls(name)).toEqual([C.base_url]);
    await run(declare([{ name }]));
    await run(declare([]));
    expect(await urls(name)).toEqual([C.base_url]);
  });

  it('seals a key anew when the old one cannot be read any more', async () => {
    const declaration = declare([{ name: 'acme/four', deployments: [A] }]);
    await run(declaration);
    const SECRETS_KEY = randomBytes(32).toString('base64');
    expect(await run(declaration, { SECRETS_KEY })).toMatchObject([
      ['model', 'acme/four', 'update', {}],
    ]);
    expect(await keysOf('acme/four', new SecretBox({ SECRETS_KEY }))).toEqual([A.api_key]);
  });

  it('asks for policies that are not there, before it writes anything', async () => {
    const lost = declare([{ name: 'acme/five' }], {
      shaded: { weights: { accuracy: 1, cost: 1, latency: 0 }, shadow: ['no-such'] },
    });
    await expect(run(lost, { DEFAULT_POLICY: 'nor-this' })).rejects.toMatchObject({
      code: 'unknown-policy',
      message: expect.stringMatching(
        /DEFAULT_POLICY is "nor-this".*"shaded" is "no-such"/,
      ) as unknown,
    });
    expect(await database.models.get('acme/five')).toBeNull();
    await run(declare([], { five: { weights: { accuracy: 1, cost: 1, latency: 0 } } }), {
      DEFAULT_POLICY: 'five',
    });
  });
});
