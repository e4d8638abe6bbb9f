import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ModelProfile } from '@zerorouter/contracts';
import { sampleProfile, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import type { ChangeKind } from '../changes.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { NewDeployment } from './model-deployments.js';
import type { NewModel } from './model-store.js';

const KEY = 'sk-0123456789abcdef';
const prices = { input_per_mtok: 1, output_per_mtok: 2 };

describeWithDatabase('ModelStore', (databaseUrl) => {
  let database: Database;
  const heard: ChangeKind[] = [];
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1', { state: 'active' }));
    await database.spaces.create(sampleSpace('v2'));
    await database.listenForChanges(({ kind }) => heard.push(kind));
  });
  afterAll(() => database.close());

  /** Not a cipher: what matters here is which key is sealed for which deployment. */
  const seal = (apiKey: string, id: string): Uint8Array =>
    Buffer.from(`${id}:${[...apiKey].reverse().join('')}`);

  const at = (baseUrl: string, more: Partial<NewDeployment> = {}): NewDeployment => ({
    baseUrl,
    upstreamModel: 'up',
    authHeader: null,
    apiKey: null,
    ...more,
  });
  const model = (name: string, changes: Partial<NewModel> = {}): NewModel => ({
    profile: sampleProfile(name),
    spaceVersion: 'v1',
    contextWindow: 8_000,
    capabilities: ['tools'],
    prices: null,
    sizeB: 7.5,
    deployments: [],
    ...changes,
  });
  const sealedKeys = async (id: string) =>
    (await database.models.sealedDeployments(id)).map(({ apiKeyCiphertext }) =>
      apiKeyCiphertext === null ? null : Buffer.from(apiKeyCiphertext).toString(),
    );
  const profileOf = async (id: string, spaceVersion = 'v1'): Promise<ModelProfile> =>
    (await database.profiles.get(id, { spaceVersion }))!.profile;
  const versionsOf = async (id: string, spaceVersion = 'v1') =>
    (await database.profiles.versions(id, { spaceVersion })).map(({ version }) => version);

  it('creates a model with its deployments and a draft of its profile, once a name', async () => {
    const created = await database.models.create(
      model('acme/new', {
        prices,
        deployments: [
          at('https://b/v1', { apiKey: KEY, authHeader: 'x-key' }),
          at('https://a/v1', { apiKey: 'short-key' }),
          at('https://c/v1'),
        ],
      }),
      seal,
    );
    const dep = expect.stringMatching(/^dep_[0-9a-f]{32}$/) as unknown as string;
    const shown = { id: dep, upstreamModel: 'up', authHeader: null };
    expect(created).toEqual({
      id: expect.stringMatching(/^mdl_[0-9a-f]{32}$/),
      name: 'acme/new',
      contextWindow: 8_000,
      capabilities: ['tools'],
      prices,
      sizeB: 7.5,
      revision: 1,
      deployments: [
        { ...shown, baseUrl: 'https://b/v1', authHeader: 'x-key', apiKeyHint: 'cdef' },
        { ...shown, baseUrl: 'https://a/v1', apiKeyHint: '' },
        { ...shown, baseUrl: 'https://c/v1', apiKeyHint: null },
      ],
      createdAt: expect.any(Date),
      updatedAt: expect.any(Date),
    });
    expect(await sealedKeys(created.id)).toEqual([
      `${created.deployments[0]!.id}:fedcba9876543210-ks`,
      `${created.deployments[1]!.id}:yek-trohs`,
      null,
    ]);
    expect(await database.models.get('acme/new')).toEqual(created);
    expect(await database.models.list()).toEqual([created]);
    await database.models.create(model('acme/nowhere'), seal);
    expect(await database.models.served()).toEqual([
      {
        id: created.id,
        name: 'acme/new',
        prices: { input_per_mtok: 1, output_per_mtok: 2 },
        contextWindow: 8_000,
        sealed: await database.models.sealedDeployments(created.id),
      },
    ]);
    expect(await database.profiles.get(created.id)).toMatchObject({
      state: 'draft',
      stateReason: null,
      version: 1,
      deployments: 3,
    });
    expect(await versionsOf(created.id)).toEqual([1]);
    await expect(database.models.create(model('acme/new'), seal)).rejects.toMatchObject({
      code: 'model-exists',
      details: { id: created.id },
    });
  });

  it('creates nothing of a model that fails half-way', async () => {
    const fails = (): never => {
      throw new Error('no key to seal with');
    };
    const deployments = [at('https://x/v1'), at('https://y/v1', { apiKey: KEY })];
    await expect(database.models.create(model('half', { deployments }), fails)).rejects.toThrow(
      'no key to seal with',
    );
    await expect(
      database.models.create(model('half', { spaceVersion: 'v9' }), seal),
    ).rejects.toMatchObject({ code: 'space-not-found' });
    await expect(
      database.models.create(model('half', { profile: sampleProfile('half', NaN) }), seal),
    ).rejects.toMatchObject({ code: 'invalid-profile' });
    expect(await database.models.get('half')).toBeNull();
  });

  it('lets one of many that create the same name win', async () => {
    const tries = await Promise.allSettled(
      [1, 2, 3, 4].map(() => database.models.create(model('raced'), seal)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of tries)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'model-exists' });
  });

  describe('update', () => {
    it('changes what is given, clears by null, and counts revisions only of changes', async () => {
      const { id } = await database.models.create(model('patched'), seal);
      const second = await database.models.update(id, { contextWindow: null, sizeB: 8 }, seal);
      expect(second).toMatchObject({
        contextWindow: null,
        capabilities: ['tools'],
        sizeB: 8,
        revision: 2,
      });
      expect(await database.models.update('patched', { sizeB: 8 }, seal)).toEqual(second);
      expect(await versionsOf(id)).toEqual([1]);
    });

    it('refuses a stale revision, and does not lose one of two changes', async () => {
      const { id } = await database.models.create(model('guarded'), seal);
      const guard = { revisions: [1] };
      const tries = await Promise.allSettled(
        [1, 2, 3].map((sizeB) => database.models.update(id, { sizeB }, seal, guard)),
      );
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(
        database.models.update(id, { sizeB: 9 }, seal, { revisions: [] }),
      ).rejects.toMatchObject({ code: 'revision-mismatch', details: { revision: 2 } });
      await expect(database.models.delete(id, guard)).rejects.toMatchObject({
        code: 'revision-mismatch',
      });
      await expect(database.models.update('none', {}, seal)).rejects.toMatchObject({
        code: 'model-not-found',
      });
    });

    it('replaces deployments; what is equal in place and name keeps its key', async () => {
      const created = await database.models.create(
        model('served', {
          deployments: [at('https://a/v1', { apiKey: KEY }), at('https://b/v1', { apiKey: KEY })],
        }),
        seal,
      );
      const [a, b] = created.deployments;
      const moved = await database.models.update(
        created.id,
        {
          deployments: [
            at('https://a/v1', { authHeader: 'x-key' }),
            at('https://b/v2'),
            at('https://a/v1', { upstreamModel: 'other' }),
          ],
        },
        seal,
      );
      expect(moved.revision).toBe(2);
      expect(moved.deployments).toMatchObject([
        { id: a!.id, authHeader: 'x-key', apiKeyHint: 'cdef' },
        { baseUrl: 'https://b/v2', apiKeyHint: null },
        { upstreamModel: 'other', apiKeyHint: null },
      ]);
      expect(moved.deployments.map(({ id }) => id)).not.toContain(b!.id);
      expect(await sealedKeys(created.id)).toEqual([`${a!.id}:fedcba9876543210-ks`, null, null]);
      const same = { deployments: [...moved.deployments].map((one) => ({ ...one, apiKey: null })) };
      expect(await database.models.update(created.id, same, seal)).toEqual(moved);
      const rekeyed = await database.models.update(
        created.id,
        { deployments: [at('https://a/v1', { apiKey: 'another-key-0000' })] },
        seal,
      );
      expect(rekeyed).toMatchObject({ revision: 3, deployments: [{ apiKeyHint: '0000' }] });
      expect(await sealedKeys(created.id)).toEqual([`${a!.id}:0000-yek-rehtona`]);
    });

    it('writes new prices into every profile whose cost they are or that has none', async () => {
      const measured = sampleProfile('priced');
      measured.cost = {
        kind: 'prices',
        inputPerMtok: 9,
        outputPerMtok: 9,
        inputCount: { base: 3, perToken: 1.25 },
      };
      const { id } = await database.models.create(model('priced', { profile: measured }), seal);
      const own = { state: 'active', contextWindow: 8_000, capabilities: ['tools'] } as const;
      const unknown = { ...sampleProfile('priced'), cost: null };
      await database.profiles.upsert({ ...own, profile: unknown, spaceVersion: 'v2' });

      const dated = { ...prices, as_of: '2026-05-01', source: 'their page' };
      await database.models.update(id, { prices: dated }, seal);
      const cost = {
        kind: 'prices',
        inputPerMtok: 1,
        outputPerMtok: 2,
        asOf: '2026-05-01',
        source: 'their page',
      };
      expect((await profileOf(id)).cost).toEqual({
        ...cost,
        inputCount: { base: 3, perToken: 1.25 },
      });
      expect((await profileOf(id, 'v2')).cost).toEqual(cost);
      expect([await versionsOf(id), await versionsOf(id, 'v2')]).toEqual([
        [2, 1],
        [2, 1],
      ]);

      const linear = { kind: 'linear', base: 0, perInputToken: 1e-6, perOutputToken: 0 } as const;
      const fitted = { ...sampleProfile('priced'), cost: linear };
      await database.profiles.upsert({ ...own, profile: fitted, spaceVersion: 'v2' });
      const cleared = await database.models.update(id, { prices: null }, seal);
      expect(cleared.prices).toBeNull();
      expect((await profileOf(id)).cost).toBeNull();
      expect((await profileOf(id, 'v2')).cost).toEqual(linear);
      // There were none: a cost that came from elsewhere is not touched.
      await database.profiles.upsert({ ...own, profile: measured, spaceVersion: 'v1' });
      await database.models.update(id, { prices: null }, seal);
      expect((await profileOf(id)).cost).toEqual(measured.cost);
    });
  });

  it('changes a profile as it is decided, under the lock of the model', async () => {
    const { id } = await database.models.create(model('stepped'), seal);
    const inShadow = { state: 'shadow', stateReason: 'why' } as const;
    const moved = await database.models.changeProfile(id, (profile, versions) => {
      expect(profile).toMatchObject({ state: 'draft', spaceVersion: 'v1' });
      expect(versions).toMatchObject([{ version: 1 }]);
      return inShadow;
    });
    expect(moved.revision).toBe(2);
    expect(await database.profiles.get(id)).toMatchObject(inShadow);

    const better = sampleProfile('stepped', 2);
    await database.profiles.upsert({ ...model('stepped', { profile: better }), state: 'draft' });
    await database.models.changeProfile('stepped', () => ({ version: 1 }), { revisions: [2] });
    expect(await database.profiles.get(id)).toMatchObject({
      ...inShadow,
      version: 3,
      profile: sampleProfile('stepped'),
    });
    expect(await versionsOf(id)).toEqual([3, 2, 1]);

    await expect(database.models.changeProfile(id, () => ({ version: 7 }))).rejects.toMatchObject({
      code: 'version-not-found',
      details: { versions: [3, 2, 1] },
    });
    await expect(
      database.models.changeProfile(id, () => inShadow, { revisions: [2] }),
    ).rejects.toMatchObject({ code: 'revision-mismatch' });
    const refuses = (): never => {
      throw new Error('no');
    };
    await expect(database.models.changeProfile(id, refuses)).rejects.toThrow('no');
    expect(await database.models.get(id)).toMatchObject({ revision: 3 });
  });

  it('deletes a model with all that is its own, and tells of every change', async () => {
    const { id } = await database.models.create(
      model('gone', { deployments: [at('https://a/v1', { apiKey: KEY })] }),
      seal,
    );
    await database.alerts.create({ kind: 'drift', modelId: id, message: 'm', evidence: {} });
    heard.length = 0;
    await database.models.delete('gone');
    expect(await database.models.get(id)).toBeNull();
    expect(await database.profiles.get('gone')).toBeNull();
    const left = await runSql(
      databaseUrl(),
      `SELECT 1 FROM deployments WHERE model_id = '${id}' UNION ALL SELECT 1 FROM alerts WHERE model_id = '${id}'`,
    );
    expect(left.rowCount).toBe(0);
    await expect(database.models.delete('gone')).rejects.toMatchObject({
      code: 'model-not-found',
    });
    await database.models.create(model('gone'), seal);
    await database.models.update('gone', { sizeB: 1 }, seal);
    await database.models.changeProfile('gone', () => ({ state: 'shadow', stateReason: null }));
    await database.models.update('gone', { sizeB: 1 }, seal); // changes nothing
    await database.policies.put({ name: 'mark', weights: { accuracy: 1, cost: 1, latency: 0 } });
    while (heard.at(-1) !== 'policy') await new Promise((resolve) => setTimeout(resolve, 10));
    expect(heard).toEqual(['profile', 'profile', 'profile', 'profile', 'policy']);
  });
});
