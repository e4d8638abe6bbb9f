import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { ModelProfile, OnboardingResult, SpaceManifest } from '@zerorouter/contracts';
import { sampleItem, sampleManifest, sampleProfile, sampleSpace } from '../../test/sample-space.js';
import { describeWithDatabase, runSql } from '../../test/test-database.js';
import { connectDatabase } from '../database.js';
import type { Database } from '../database.js';
import type { ProfileState } from './profile-rows.js';

const REFITTED: ModelProfile['ability'] = { mean: [2, 3], covariance: [0.1, 0, 0, 0.1] };

function recalibratedManifest(refitted: string[]): SpaceManifest {
  const manifest = sampleManifest('new');
  const recalibration = {
    anchorSet: 'set',
    previousVersion: 'old',
    models: refitted,
    refitted,
    corrected: false,
    seed: 1,
  };
  return { ...manifest, provenance: { ...manifest.provenance, recalibration } };
}

describeWithDatabase('a derived space', (databaseUrl) => {
  let database: Database;
  let ids: Record<string, string>;
  beforeAll(() => {
    database = connectDatabase(databaseUrl());
  });
  afterAll(() => database.close());

  const put = async (model: string, state: ProfileState, ability = 0.5) => {
    const { id } = await database.profiles.upsert({
      profile: sampleProfile(model, ability),
      spaceVersion: 'old',
      state,
      contextWindow: null,
      capabilities: [],
    });
    return id;
  };
  const derive = () =>
    database.spaces.derive({
      manifest: recalibratedManifest(['measured']),
      previousVersion: 'old',
      items: [{ ...sampleItem(1), difficulty: 9 }, sampleItem(7)],
      abilities: new Map([[ids['measured']!, REFITTED]]),
    });
  const profilesOf = async (spaceVersion: string) =>
    Object.fromEntries(
      (await database.profiles.list({ spaceVersion })).map((stored) => [
        stored.profile.model,
        stored,
      ]),
    );

  beforeEach(async () => {
    await runSql(databaseUrl(), 'DELETE FROM latent_spaces; DELETE FROM models');
    await database.spaces.create(sampleSpace('old', { state: 'active' }));
    ids = {
      measured: await put('measured', 'active'),
      carried: await put('carried', 'shadow'),
      busy: await put('busy', 'profiling'),
    };
  });

  it('is the earlier space but for what was given', async () => {
    await derive();
    const hashes = [0, 1, 2, 7].map((n) => `hash-${n}`);
    expect(await database.spaces.findItems('new', hashes)).toEqual([
      sampleItem(0),
      sampleItem(2),
      { ...sampleItem(1), difficulty: 9 },
      sampleItem(7),
    ]);
    expect(await database.spaces.findItems('old', hashes)).toEqual([0, 1, 2].map(sampleItem));
    expect(await database.spaces.subjects('new')).toEqual(await database.spaces.subjects('old'));
    expect(await database.spaces.predictorOnnx('new')).toEqual(
      await database.spaces.predictorOnnx('old'),
    );
    expect((await database.spaces.get('new'))?.state).toBe('draft');
    const { measured, carried, busy } = await profilesOf('new');
    expect(measured).toMatchObject({
      state: 'active',
      version: 1,
      profile: { ...sampleProfile('measured'), ability: REFITTED },
    });
    expect(carried).toMatchObject({ state: 'shadow', profile: sampleProfile('carried') });
    // Its run goes on in the space where it began.
    expect(busy).toMatchObject({ state: 'draft', profile: sampleProfile('busy') });
    expect(await database.profiles.versions('measured', { spaceVersion: 'new' })).toHaveLength(1);
  });

  it('is made once, and of a space that is there', async () => {
    await derive();
    await put('later', 'active');
    await derive();
    expect(Object.keys(await profilesOf('new'))).toEqual(['busy', 'carried', 'measured']);
    await expect(
      database.spaces.derive({
        manifest: sampleManifest('other'),
        previousVersion: 'nowhere',
        items: [],
        abilities: new Map(),
      }),
    ).rejects.toMatchObject({ code: 'space-not-found' });
  });

  it('takes over at its activation what has become of the profiles since', async () => {
    await derive();
    await put('later', 'active', 0.9);
    await put('carried', 'shadow', 0.7);
    await database.profiles.setState('carried', 'active', { spaceVersion: 'old' });
    const cost = { kind: 'prices', inputPerMtok: 1, outputPerMtok: 2 } as const;
    await database.profiles.upsert({
      profile: { ...sampleProfile('measured'), cost },
      spaceVersion: 'old',
      state: 'active',
      contextWindow: null,
      capabilities: [],
    });
    await database.profiles.setState('measured', 'retired', {
      spaceVersion: 'old',
      reason: 'too dear',
    });
    const before = await profilesOf('old');

    await database.spaces.activate('new');
    const after = await profilesOf('new');
    expect(after['later']).toMatchObject({ state: 'active', profile: sampleProfile('later', 0.9) });
    expect(after['carried']).toMatchObject({
      state: 'active',
      version: 2,
      profile: sampleProfile('carried', 0.7),
    });
    expect(after['measured']).toMatchObject({
      state: 'retired',
      stateReason: 'too dear',
      profile: { ability: REFITTED, cost },
    });
    const versions = await database.profiles.versions('measured', { spaceVersion: 'new' });
    expect(versions.map(({ profile }) => profile.cost)).toEqual([
      cost,
      sampleProfile('measured').cost,
    ]);
    expect(await profilesOf('old')).toEqual(before);

    // The way back changes no profile, nor does the way here again.
    await database.profiles.setState('later', 'retired', { spaceVersion: 'new' });
    expect(await database.spaces.rollback()).toBe('old');
    expect((await profilesOf('old'))['later']?.state).toBe('active');
    await database.spaces.activate('new');
    expect((await profilesOf('new'))['later']?.state).toBe('retired');
  });

  it('leaves a draft alone that another space than the active one was the origin of', async () => {
    await derive();
    await database.spaces.create(sampleSpace('third', { state: 'active' }));
    await put('later', 'active');
    await database.spaces.activate('new');
    expect(Object.keys(await profilesOf('new'))).toEqual(['busy', 'carried', 'measured']);
  });
});

describeWithDatabase('measurements on an anchor set', (databaseUrl) => {
  let database: Database;
  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('old', { state: 'active' }));
    const anchor = {
      id: 'a',
      text: 'One?',
      domain: 'logic',
      grader: { kind: 'score' },
      discrimination: [1, 1],
      difficulty: 0,
      difficultyVariance: 1,
      logOutputTokens: 5,
    };
    for (const id of ['set', 'other']) {
      await database.anchors.createSet({ id, name: id, spaceVersion: 'old' });
      await database.anchors.addAnchors(id, [anchor]);
    }
  });
  afterAll(() => database.close());

  const run = async (
    model: string,
    ability: number,
    change: { set?: string; score?: null } = {},
  ) => {
    const stored = await database.profiles.upsert({
      profile: sampleProfile(model),
      spaceVersion: 'old',
      state: 'draft',
      contextWindow: null,
      capabilities: [],
    });
    const { id } = await database.onboardings.create({
      modelId: stored.id,
      spaceVersion: 'old',
      anchorSetId: change.set ?? 'set',
      settings: {},
      answers: [
        {
          position: 0,
          anchorId: 'a',
          heldOut: false,
          text: null,
          score: change.score === undefined ? 1 : null,
          gradable: true,
          inputTokens: null,
          outputTokens: null,
          ttftMs: null,
          totalMs: null,
          costUsd: null,
          reservedUsd: 0,
          attempts: 0,
          error: null,
        },
      ],
    });
    await database.onboardings.start(id);
    const result = { cost_usd: 0, ability: { mean: [ability, 0], covariance: [1, 0, 0, 1] } };
    return { id, succeed: () => database.onboardings.succeed(id, result as OnboardingResult, '') };
  };

  it('are the newest of each model that succeeded there with an answer', async () => {
    for (const ability of [1, 2]) await (await run('twice', ability)).succeed();
    const once = await run('once', 3);
    await once.succeed();
    await (await run('once', 4, { set: 'other' })).succeed();
    await (await run('silent', 5, { score: null })).succeed();
    await database.onboardings.fail((await run('broken', 6)).id, 'out of luck');
    const found = await database.calibrations.measurements('set', 'old');
    expect(found.map(({ model, ability }) => [model, ability.mean[0]])).toEqual([
      ['once', 3],
      ['twice', 2],
    ]);
    expect(found[0]?.onboardingId).toBe(once.id);
    expect(await database.calibrations.measurements('set', 'elsewhere')).toEqual([]);
  });
});
