import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  decisionDetailSchema,
  decisionPageSchema,
  replaySchema,
  simulateResponseSchema,
} from '../../packages/contracts/dist/index.js';
import { runStatement } from '../../packages/local-stack/dist/index.js';
import { bootOwnStack, prepared, sharedClient, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const { adminKey } = prepared();
const client = sharedClient();

describe('stored decisions', () => {
  const ids: string[] = [];

  beforeAll(async () => {
    for (let i = 0; i < 12; i += 1) {
      const answer = await client.route({
        query: `Question ${i}: why is ${i * 31} ${i % 2 === 0 ? 'even' : 'odd'}?`,
        ...(i % 3 === 0 ? { models: ['openai/*'], policy: 'max-accuracy' } : {}),
        ...(i % 4 === 0 ? { constraints: { max_cost_usd: 0.01 }, max_tokens: 100 } : {}),
      });
      ids.push(answer.decision_id);
    }
  });

  it('are replayed to the same candidates and the same choice', async () => {
    for (const id of ids) {
      const answer = await client.get(`/admin/v1/decisions/${id}/replay`, adminKey);
      const replay = replaySchema.parse(answer.body);
      expect(replay).toMatchObject({ decision_id: id, same: true, differences: [] });
    }
    expectProblem(await client.get('/admin/v1/decisions/dec_none/replay', adminKey), 404);
    expectProblem(await client.get(`/admin/v1/decisions/${ids[0]}/replay`), 401);
  });

  it('are found by what they chose, and told with their explanation and feedback', async () => {
    const pinned = await client.route({ query: 'Which one?', models: ['openai/*'], explain: true });
    const { decision_id: id, model } = pinned;
    const page = await client.get(`/admin/v1/decisions?limit=3&model=${model}`, adminKey);
    const { data } = decisionPageSchema.parse(page.body);
    expect(data[0]!.decision_id).toBe(id);
    expect(new Set(data.map((decision) => decision.model))).toEqual(new Set([model]));
    const judged = { decision_id: id, score: 1, source: 'tests' };
    expect((await client.post('/v1/feedback', judged)).status).toBeLessThan(300);
    const answer = await client.get(`/admin/v1/decisions/${id}`, adminKey);
    const detail = decisionDetailSchema.parse(answer.body);
    expect(detail.explanation).toEqual(pinned.explanation);
    expect(detail.feedback).toMatchObject([{ score: 1, source: 'tests' }]);
    expect(detail.labels).toEqual([]);
    expectProblem(await client.get('/admin/v1/decisions/dec_none', adminKey), 404);
    expectProblem(await client.get(`/admin/v1/decisions/${id}`), 401);
    expectProblem(await client.get('/admin/v1/decisions?from=yesterday', adminKey), 400);
  });

  it('say what another set of models, another price or another policy would do', async () => {
    const ask = async (changes: Record<string, unknown>) => {
      const answer = await client.post('/admin/v1/simulate', { limit: 12, ...changes }, adminKey);
      expect([answer.status, answer.body]).toMatchObject([200, {}]);
      return simulateResponseSchema.parse(answer.body);
    };
    const { baseline, decisions } = await ask({});
    expect(decisions).toBe(12);
    const [most] = Object.keys(baseline.models);
    const without = await ask({ remove: [most] });
    expect(without.scenario.models).not.toHaveProperty([most!]);
    expect(without.baseline).toEqual(baseline);
    const thrifty = await ask({ policy: 'min-cost' });
    expect(thrifty.scenario.cost_usd).toBeLessThanOrEqual(baseline.cost_usd);
    expectProblem(await client.post('/admin/v1/simulate', { remove: ['none'] }, adminKey), 422);
    expectProblem(await client.post('/admin/v1/simulate', { drop: ['x'] }, adminKey), 400);
  });
});

const DECISIONS = 240;
const ASKED_AT_ONCE = 6;

/** Requests that differ in text, length, form, policy, constraints and admitted models. */
function variedRequest(i: number): Record<string, unknown> {
  const text = `Question ${i}: ${'the quick brown fox '.repeat(i % 9)} why is ${i * 37} ${i % 2 === 0 ? 'even' : 'odd'}?`;
  const policies = [
    'balanced',
    'max-accuracy',
    'min-cost',
    'min-latency',
    'bounded',
    'paced',
    { dial: (i % 11) / 10 },
    { weights: { accuracy: 1, cost: 0.01 * (i % 13), latency: 0.003 * (i % 7) } },
  ];
  const constraints = [
    undefined,
    { max_cost_usd: 0.002 },
    { max_latency_ms: 30_000 },
    { min_accuracy: 0.3 },
    { max_cost_usd: 0.01, max_latency_ms: 60_000, min_accuracy: 0.2 },
  ];
  return {
    ...(i % 3 === 0
      ? {
          system: 'Be brief.',
          messages: [{ role: 'user', content: text }],
        }
      : { query: text }),
    policy: policies[i % policies.length],
    ...(constraints[i % 5] === undefined ? {} : { constraints: constraints[i % 5] }),
    ...(i % 4 === 0 ? { models: ['openai/*', '*mistral*'] } : {}),
    ...(i % 7 === 0 ? { max_tokens: 50 + i } : {}),
  };
}

describe('history', () => {
  let own: OwnStack;
  const ids: string[] = [];

  const put = async (name: string, body: unknown): Promise<void> => {
    const response = await fetch(`${own.client.url}/admin/v1/policies/${name}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
  };
  const sql = (statement: string) => runStatement(own.databaseUrl, statement);

  beforeAll(async () => {
    own = await bootOwnStack({ env: { EXPLORATION_SHARE: '0.7' } });
    const weights = { accuracy: 1, cost: 0.05, latency: 0.01 };
    await put('bounded', { weights, constraints: { max_cost_usd: 0.05, min_accuracy: 0.1 } });
    await put('paced', { weights, budget: { usd: 5, period: 'month', expected_queries: 1000 } });
    // Profiles as they are after a few answers, so that there is something to explore.
    for (const table of ['model_profiles', 'model_profile_versions'])
      await sql(`UPDATE ${table} SET profile = jsonb_set(profile, '{ability,covariance}', (
        SELECT jsonb_agg(value::float8 * 30 ORDER BY n)
        FROM jsonb_array_elements_text(profile #> '{ability,covariance}') WITH ORDINALITY AS c(value, n)))`);
    await sql(`NOTIFY zerorouter_changes, 'profile'`);
    const deadline = Date.now() + 10_000;
    for (;;) {
      const answer = await own.client.post('/v1/route', { query: 'x', policy: 'paced' });
      if (answer.status === 200) break;
      if (Date.now() > deadline) throw new Error(JSON.stringify(answer.body));
    }
    let next = 0;
    await Promise.all(
      Array.from({ length: ASKED_AT_ONCE }, async () => {
        for (let i = next++; i < DECISIONS; i = next++) {
          const answer = await own.client.post('/v1/route', variedRequest(i));
          // A combination may leave no model; there is no decision then.
          expect([200, 422]).toContain(answer.status);
          if (answer.status === 200) ids.push((answer.body as { decision_id: string }).decision_id);
        }
      }),
    );
  }, 240_000);

  afterAll(async () => {
    await own.stop();
  });

  it('is reproduced to the last bit: choice, propensity and every number of every candidate', async () => {
    expect(ids.length).toBeGreaterThanOrEqual(200);
    for (const id of ids) {
      const answer = await own.client.get(`/admin/v1/decisions/${id}/replay`, adminKey);
      expect(replaySchema.parse(answer.body)).toMatchObject({
        decision_id: id,
        same: true,
        to_the_bit: true,
        differences: [],
      });
    }
    // They were as varied as they should be.
    const page = await own.client.get('/admin/v1/decisions?limit=500', adminKey);
    const all = decisionPageSchema.parse(page.body).data;
    expect(new Set(all.map(({ policy }) => policy.split(':')[0])).size).toBe(8);
    expect(new Set(all.map(({ model }) => model)).size).toBeGreaterThan(3);
    expect(all.filter(({ budget }) => budget !== undefined).length).toBeGreaterThan(20);
    expect(all.filter(({ propensity }) => propensity < 1).length).toBeGreaterThan(20);
    expect(all.some(({ candidates, model }) => candidates[0]!.model !== model)).toBe(true);
    const reasons = all.flatMap(({ candidates }) =>
      candidates.map(({ excluded }) => excluded ?? ''),
    );
    for (const kind of [/max_cost_usd/, /max_latency_ms|latency/, /min_accuracy/, /admit/])
      expect(reasons.filter((reason) => kind.test(reason)).length).toBeGreaterThan(0);

    // The hash is what they were decided on, not what is stored of it.
    await sql(`UPDATE decisions SET candidates_hash = md5('') WHERE id = '${ids[0]}'`);
    const other = await own.client.get(`/admin/v1/decisions/${ids[0]}/replay`, adminKey);
    expect(other.body).toMatchObject({ same: false, to_the_bit: true, differences: [] });
  }, 240_000);

  it('is tried with a draft of a space that shares its coordinates, and with no other', async () => {
    const copy = async (version: string, linked: boolean) => {
      await sql(`INSERT INTO latent_spaces (version, manifest, state, predictor_onnx)
        SELECT '${version}', jsonb_set(manifest, '{version}', '"${version}"')
          ${
            linked
              ? `|| jsonb_build_object('link', jsonb_build_object('previousVersion', version,
            'offset', (SELECT jsonb_agg(0.25) FROM generate_series(1, (manifest ->> 'dimensions')::int)),
            'residual', (SELECT jsonb_agg(0) FROM generate_series(1, (manifest ->> 'dimensions')::int)),
            'length', null))`
              : ''
          }, 'draft', predictor_onnx
        FROM latent_spaces WHERE state = 'active'`);
      // The same models as the draft measures them: lower by the offset.
      await sql(`INSERT INTO model_profiles (model_id, space_version, state, version, profile)
        SELECT model_id, '${version}', p.state, 1, jsonb_set(profile, '{ability,mean}', (
          SELECT jsonb_agg(value::float8 - 0.25 ORDER BY n)
          FROM jsonb_array_elements_text(profile #> '{ability,mean}') WITH ORDINALITY AS c(value, n)))
        FROM model_profiles p JOIN latent_spaces s ON s.version = p.space_version AND s.state = 'active'`);
    };
    await copy('draft-linked', true);
    await copy('draft-apart', false);
    const simulate = (body: unknown) => own.client.post('/admin/v1/simulate', body, adminKey);
    const answer = await simulate({ space_version: 'draft-linked' });
    expect([answer.status, answer.body]).toMatchObject([200, {}]);
    const outcome = simulateResponseSchema.parse(answer.body);
    expect(outcome.scenario_space_version).toBe('draft-linked');
    expect(outcome.decisions).toBeGreaterThanOrEqual(200);
    expect(outcome.scenario.mean_accuracy).toBeCloseTo(outcome.baseline.mean_accuracy!, 9);
    expect(outcome.moves).toEqual([]);
    // What the draft finds of a model is seen before the draft is active.
    const [most] = Object.keys(outcome.baseline.models);
    await sql(`UPDATE model_profiles SET profile = jsonb_set(profile, '{ability,mean,0}', '-9')
      WHERE space_version = 'draft-linked' AND profile ->> 'model' = '${most}'`);
    const worse = simulateResponseSchema.parse(
      (await simulate({ space_version: 'draft-linked' })).body,
    );
    expect(worse.baseline).toEqual(outcome.baseline);
    expect(worse.scenario.models[most!] ?? 0).toBeLessThan(worse.baseline.models[most!]!);

    const refused = expectProblem(await simulate({ space_version: 'draft-apart' }), 422);
    expect(refused).toMatchObject({ code: 'space-not-linked' });
    expect(refused.detail).toMatch(/--link/);
    expectProblem(await simulate({ space_version: 'none' }), 404);
  }, 60_000);
});
