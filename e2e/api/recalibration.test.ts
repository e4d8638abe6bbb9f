import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminModelSchema,
  anchorSetListSchema,
  calibrationSchema,
  onboardingSchema,
  recalibrationFiguresSchema,
  spaceSchema,
  type RouteResponse,
  type Space,
} from '../../packages/contracts/dist/index.js';
import { runStatement } from '../../packages/local-stack/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';
import { randomNumbers } from '../stack/random-numbers.js';

const { adminKey } = prepared();
const SET = 'warehouse';
const MODELS = ['acme/one', 'acme/two', 'acme/three', 'acme/four'];

/** Even anchors read alike and are hard for everyone, odd ones are easy: no public data tells that. */
const GOODS = ['crates', 'pallets', 'barrels', 'spools', 'drums', 'sacks', 'boxes', 'reels'];
const text = (i: number) =>
  i % 2 === 0
    ? `Which aisle of the north depot holds the ${GOODS[(i >> 1) % 8]!} of lot ${100 + i}?`
    : `Write a short thank-you note to the courier who brought ${GOODS[(i >> 1) % 8]!}, signed ${i}.`;
const ANCHORS = Array.from({ length: 64 }, (_, i) => ({ id: `w${i}`, text: text(i) }));
const HARD = { query: text(200), models: [MODELS[0]!] };
const EASY = { query: text(201), models: [MODELS[0]!] };

describe('a recalibration', () => {
  let own: OwnStack;
  const random = randomNumbers(4_711);

  beforeAll(async () => {
    own = await bootOwnStack();
  });
  afterAll(() => own.stop());

  const post = (path: string, body: unknown) =>
    own.client.post(`/admin/v1/${path}`, body, adminKey);
  const get = (path: string) => own.client.get(path, adminKey);

  async function until<Value extends { state: string }>(
    read: () => Promise<Value>,
    states: readonly string[],
  ): Promise<Value> {
    const deadline = Date.now() + 200_000;
    for (;;) {
      const value = await read();
      if (states.includes(value.state)) return value;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)}`);
      await sleep(250);
    }
  }

  async function onboard(model: string, ability: number): Promise<void> {
    const prices = { input_per_mtok: 1, output_per_mtok: 2 };
    const created = await post('models', { name: model, prices });
    expect([created.status, created.body]).toMatchObject([201, {}]);
    const responses = ANCHORS.map(({ id }, i) => ({
      anchor_id: id,
      score: random() < 1 / (1 + Math.exp((i % 2 === 0 ? 2.5 : -2.5) - ability)) ? 1 : 0,
    }));
    const { id } = adminModelSchema.parse(created.body);
    const begun = await post(`models/${id}/onboardings`, { anchor_set: SET, responses });
    expect([begun.status, begun.body]).toMatchObject([202, {}]);
    const path = `/admin/v1/onboardings/${onboardingSchema.parse(begun.body).id}`;
    const ended = await until(
      async () => onboardingSchema.parse((await get(path)).body),
      ['succeeded', 'failed'],
    );
    expect(ended).toMatchObject({ state: 'succeeded', error: null });
    const promoted = await post(`models/${id}/promote`, { force: true });
    expect([promoted.status, promoted.body]).toMatchObject([200, { state: 'active' }]);
  }

  async function recalibrate(seed: number): Promise<Space> {
    const accepted = await post('spaces/recalibrations', { anchor_set: SET, seed });
    expect([accepted.status, accepted.body]).toMatchObject([202, { data_sets: [] }]);
    const location = accepted.headers.get('location') ?? '';
    const run = await until(
      async () => calibrationSchema.parse((await get(location)).body),
      ['succeeded', 'failed'],
    );
    expect(run).toMatchObject({ state: 'succeeded', error: null });
    return spaceSchema.parse((await get(`/admin/v1/spaces/${run.space_version!}`)).body);
  }

  /** Gateways hear of an activation by a notification, a moment later. */
  async function untilRoutedIn(version: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while ((await own.client.route(HARD)).space_version !== version)
      if (Date.now() > deadline) throw new Error(`not routed in ${version}`);
  }
  const seen = ({ query, candidates, space_version }: RouteResponse) => ({
    space_version,
    difficulty: query.difficulty,
    p: candidates.map(({ model, p_correct }) => [model, p_correct]),
  });
  const look = async () => ({
    hard: seen(await own.client.route(HARD)),
    easy: seen(await own.client.route(EASY)),
  });
  const profile = async (model: string) =>
    adminModelSchema.parse((await get(`/admin/v1/models/${encodeURIComponent(model)}`)).body);

  it('mends a domain away from home, is activated and taken back in one call each', async () => {
    const made = await post('anchor-sets', {
      name: SET,
      source: { kind: 'anchors', anchors: ANCHORS },
    });
    expect([made.status, made.body]).toMatchObject([201, { anchors: ANCHORS.length }]);
    await onboard(MODELS[0]!, 0.5);
    await onboard(MODELS[1]!, 1);
    const early = expectProblem(await post('spaces/recalibrations', { anchor_set: SET }), 409);
    expect(early.code).toBe('too-few-profiles');
    expect(early.detail).toContain('there are 2: acme/one, acme/two');
    expectProblem(await post('spaces/recalibrations', { anchor_set: 'nowhere' }), 404);
    expectProblem(
      await own.client.post('/admin/v1/spaces/recalibrations', { anchor_set: SET }),
      401,
    );
    await onboard(MODELS[2]!, -0.5);
    await onboard(MODELS[3]!, 0);

    const draft = await recalibrate(1);
    const before = await look();
    const starter = before.hard.space_version;
    expect(draft).toMatchObject({
      state: 'draft',
      domain_corrections: 1,
      manifest: {
        link: { previousVersion: starter },
        provenance: { recalibration: { refitted: [...MODELS].sort() } },
      },
    });
    expect(draft.manifest).not.toHaveProperty('domainCorrections');
    const {
      before: was,
      after,
      change,
    } = recalibrationFiguresSchema.parse(draft.manifest.heldOut['recalibration']);
    expect(after.logLoss).toBeLessThan(was.logLoss);
    expect(change.logLoss.interval![1]).toBeLessThan(0);
    const { data: sets } = anchorSetListSchema.parse((await get('/admin/v1/anchor-sets')).body);
    expect(sets.filter(({ name }) => name === SET).map(({ anchors }) => anchors)).toEqual([64, 64]);
    const abilities = (await profile(MODELS[0]!)).ability;

    const activated = await post(`spaces/${draft.version}/activate`, {});
    expect([activated.status, activated.body]).toMatchObject([200, { state: 'active' }]);
    await untilRoutedIn(draft.version);
    const now = await look();
    expect(now.hard.difficulty - now.easy.difficulty).toBeGreaterThan(
      before.hard.difficulty - before.easy.difficulty + 1,
    );
    expect(now.hard.p[0]![1]).toBeLessThan(0.35);
    expect(now.easy.p[0]![1]).toBeGreaterThan(0.65);
    expect((await profile(MODELS[0]!)).ability).not.toEqual(abilities);

    const back = await post('spaces/rollback', {});
    expect(spaceSchema.parse(back.body)).toMatchObject({ version: starter, state: 'active' });
    await untilRoutedIn(starter);
    expect(await look()).toEqual(before);
    expect((await profile(MODELS[0]!)).ability).toEqual(abilities);
  });

  it('is refused where it forecasts worse, unless forced', async () => {
    const { version } = await recalibrate(2);
    await runStatement(
      own.databaseUrl,
      `UPDATE latent_spaces SET manifest =
         jsonb_set(manifest, '{heldOut,recalibration,after,logLoss}', '9') WHERE version = '${version}'`,
    );
    const refused = expectProblem(await post(`spaces/${version}/activate`, {}), 409);
    expect(refused.code).toBe('worse-than-active');
    expectProblem(await post(`spaces/${version}/activate`, { force: 'yes' }), 400);
    const forced = await post(`spaces/${version}/activate`, { force: true });
    expect([forced.status, forced.body]).toMatchObject([200, { version, state: 'active' }]);
    await untilRoutedIn(version);
  });
});
