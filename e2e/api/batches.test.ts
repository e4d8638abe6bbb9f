import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { batchPageSchema, newApiKeySchema } from '../../packages/contracts/dist/index.js';
import {
  accepted,
  ended,
  LARGE_FINISHED_MS,
  ndjsonItems,
  results,
  submit,
} from '../stack/batches.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';

const { adminKey } = prepared();
const PRICED = ['openai/gpt-4o-mini-2024-07-18', 'mistralai/mistral-nemo'];

/** Every item of these tests may go to two models whose prices are known. */
const item = (i: number, more: Record<string, unknown> = {}) => ({
  custom_id: `q-${i}`,
  query: `What is ${i} plus ${(i * 7) % 101}?`,
  models: PRICED,
  ...more,
});
const items = (count: number) => Array.from({ length: count }, (_, i) => item(i));
const lines = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('a batch', () => {
  let own: OwnStack;

  beforeAll(async () => {
    own = await bootOwnStack({ env: { BATCH_SWEEP_MS: '1000', BATCH_MAX_ITEMS: '20000' } });
  });

  afterAll(async () => {
    await own.stop();
  });

  async function makeKey(name: string): Promise<string> {
    const answer = await own.client.post('/admin/v1/keys', { name }, adminKey);
    return newApiKeySchema.parse(answer.body).key;
  }

  /** A batch that is refused must not be there, not even in part. */
  async function expectNoBatch(key: string): Promise<void> {
    const answer = await own.client.get('/v1/route/batches', key);
    expect(batchPageSchema.parse(answer.body).data).toEqual([]);
  }

  it('forecasts each item as a request of its own, and keeps their order', async () => {
    const queries = items(40);
    const batch = accepted(await submit(own.client, { items: queries, policy: 'max-accuracy' }));
    expect(batch).toMatchObject({
      counts: { total: 40, failed: 0 },
      policy: { label: 'max-accuracy' },
    });
    const done = await ended(own.client, batch.id);
    expect(done).toMatchObject({
      state: 'completed',
      progress: 1,
      counts: { total: 40, predicted: 40, succeeded: 40, failed: 0 },
      error: null,
    });
    const rows = await results(own.client, batch.id);
    expect(rows.map(({ custom_id, index }) => [custom_id, index])).toEqual(
      queries.map(({ custom_id }, i) => [custom_id, i]),
    );
    for (const i of [0, 17, 39]) {
      const { query, models } = queries[i]!;
      const alone = await own.client.route({ query, models, policy: 'max-accuracy' });
      const chosen = alone.candidates.find(({ model }) => model === rows[i]?.model);
      expect(rows[i]?.p_correct).toBeCloseTo(chosen?.p_correct ?? NaN, 12);
      expect(rows[i]?.cost_usd).toBeCloseTo(chosen?.cost_usd ?? NaN, 12);
    }
    const sum = rows.reduce((total, { p_correct }) => total + (p_correct ?? NaN), 0);
    expect(done.totals?.expected_correct).toBeCloseTo(sum, 9);
  });

  it('of 20,000 lines keeps budget and capacity', async () => {
    const count = 20_000;
    const capacity = `${PRICED[0]}=3000`;
    const query = new URLSearchParams({ policy: 'balanced', budget_usd: '2', capacity });
    const batch = accepted(
      await submit(own.client, ndjsonItems(count), {}, `?${query.toString()}`),
    );
    expect(batch.constraints).toEqual({ budget_usd: 2, capacity: { [PRICED[0]!]: 3000 } });
    const done = await ended(own.client, batch.id, undefined, LARGE_FINISHED_MS);
    expect([done.state, done.error]).toEqual(['completed', null]);
    const rows = await results(own.client, batch.id);
    expect(rows.map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: count }, (_, i) => `q-${i}`),
    );
    expect(rows.every(({ status }) => status === 'succeeded')).toBe(true);
    const cost = rows.reduce((total, { cost_usd }) => total + (cost_usd ?? NaN), 0);
    expect(cost).toBeLessThanOrEqual(2);
    expect(done.totals?.cost_usd).toBeCloseTo(cost, 9);
    const calls = rows.filter(({ model }) => model === PRICED[0]).length;
    expect(calls).toBeLessThanOrEqual(3000);
    expect(done.totals?.calls[PRICED[0]!] ?? 0).toBe(calls);
  }, 600_000);

  it('spends no more than half when it may, and less of its favourite', async () => {
    const lines200 = [...ndjsonItems(200)].join('');
    const run = async (query: string) => {
      const batch = accepted(
        await submit(own.client, lines200, {}, `?policy=max-accuracy${query}`),
      );
      const done = await ended(own.client, batch.id);
      expect([done.state, done.error]).toEqual(['completed', null]);
      return { done, rows: await results(own.client, batch.id) };
    };
    const costOf = (rows: Awaited<ReturnType<typeof results>>) =>
      rows.reduce((total, { cost_usd }) => total + (cost_usd ?? NaN), 0);
    // A budget so large that it only leaves out what has no price.
    const rich = await run('&budget_usd=1000');
    const half = costOf(rich.rows) / 2;
    const poor = await run(`&budget_usd=${half}`);
    expect(costOf(poor.rows)).toBeLessThanOrEqual(half);
    expect(costOf(poor.rows)).toBeGreaterThan(0.9 * half);
    expect(poor.done.shadow_prices?.budget_usd).toBeGreaterThan(0);
    expect(poor.done.totals?.expected_correct).toBeLessThan(
      rich.done.totals?.expected_correct ?? NaN,
    );

    const [[favourite, calls]] = Object.entries(rich.done.totals?.calls ?? {}).sort(
      ([, a], [, b]) => b - a,
    ) as [[string, number]];
    const room = Math.floor(calls / 3);
    const capacity = encodeURIComponent(JSON.stringify({ capacity: { [favourite]: room } }));
    const { rows } = await run(`&budget_usd=1000&constraints=${capacity}`);
    expect(rows.filter(({ model }) => model === favourite).length).toBe(room);
  });

  it('is one, however often it is sent under an idempotency key', async () => {
    const key = await makeKey('twice');
    const send = (body: Record<string, unknown> | string, idempotencyKey: string) =>
      submit(own.client, body, { key, idempotencyKey });
    for (const [name, body, other] of [
      ['json', { items: items(3) }, { items: items(2) }],
      ['ndjson', lines(items(3)), lines(items(2))],
    ] as const) {
      const first = accepted(await send(body, name));
      const again = await send(body, name);
      expect(accepted(again).id).toBe(first.id);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      const problem = expectProblem(await send(other, name), 422);
      expect(problem.code).toBe('idempotency-key-reused');
    }
    const page = batchPageSchema.parse((await own.client.get('/v1/route/batches', key)).body);
    expect(page.data).toHaveLength(2);
    // The key of one caller says nothing about another's.
    const stranger = await submit(
      own.client,
      { items: items(2) },
      { key: await makeKey('stranger'), idempotencyKey: 'json' },
    );
    expect(accepted(stranger).counts.total).toBe(2);
  });

  it('is refused for one bad line, which is named, and then is not there', async () => {
    const key = await makeKey('careless');
    const send = (text: string) => submit(own.client, text, { key });
    const good = items(450);
    const cases: [string, RegExp, number][] = [
      [lines([...good, item(7)]), /line 451: custom_id "q-7"/, 451],
      [`${lines(good)}{"custom_id": "x", "query"\n`, /line 451: it is not JSON/, 451],
      [`${lines(items(2))}\n${lines([{ custom_id: 'x' }])}`, /line 4: give either "query"/, 4],
      [lines([item(0), item(1, { modles: [] })]), /line 2: .*modles/, 2],
      [lines([item(0), { query: 'Who am I?' }]), /line 2: custom_id/, 2],
    ];
    for (const [text, detail, line] of cases) {
      const problem = expectProblem(await send(text), 400);
      expect(problem.detail).toMatch(detail);
      expect(problem).toMatchObject({ line });
    }
    const twice = await submit(own.client, { items: [item(0), item(1), item(0)] }, { key });
    expect(expectProblem(twice, 400).errors?.[0]?.path).toBe('items.2');
    expectProblem(await send(''), 400);
    expectProblem(await submit(own.client, ndjsonItems(20_001), { key }), 413);
    await expectNoBatch(key);
  });

  it('is refused for an option that there is not', async () => {
    const key = await makeKey('wrong');
    const send = (body: Record<string, unknown>) =>
      submit(own.client, { items: items(1), ...body }, { key });
    expectProblem(await send({ policy: 'no-such-policy' }), 422);
    expectProblem(await send({ constraints: { capacity: { 'no/such': 3 } } }), 422);
    expectProblem(await send({ constraints: { budget: 3 } }), 400);
    expectProblem(await submit(own.client, lines(items(1)), { key }, '?budget_usd=x'), 400);
    expectProblem(await own.client.postText('/v1/route', '{}', 'application/x-ndjson'), 415);
    await expectNoBatch(key);
  });

  it('lets a poisonous item fail alone, with the reason', async () => {
    const poisoned = [
      item(0),
      item(1, { query: ' \u0000 ' }),
      item(2, { models: ['no-such/*'] }),
      item(3, { constraints: { max_cost_usd: 1e-12 } }),
      item(4, { query: 'A stray \ud83d half' }),
    ];
    const batch = accepted(await submit(own.client, { items: poisoned }));
    const done = await ended(own.client, batch.id);
    expect(done).toMatchObject({ state: 'completed', counts: { succeeded: 2, failed: 3 } });
    const rows = await results(own.client, batch.id);
    expect(rows.map(({ status, error }) => [status, error?.code])).toEqual([
      ['succeeded', undefined],
      ['failed', 'invalid-request'],
      ['failed', 'unknown-model'],
      ['failed', 'no-eligible-model'],
      ['succeeded', undefined],
    ]);
    expect(rows[3]?.error?.message).toMatch(/max_cost_usd/);

    const only = accepted(await submit(own.client, { items: [item(0, { query: ' ' })] }));
    expect(await ended(own.client, only.id)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 0, failed: 1 },
    });
  });

  it('fails when its constraints cannot be kept, and says which and from where they could', async () => {
    const batch = accepted(
      await submit(own.client, { items: items(20), constraints: { budget_usd: 1e-9 } }),
    );
    const done = await ended(own.client, batch.id);
    expect(done).toMatchObject({
      state: 'failed',
      error: { code: 'infeasible', constraint: 'budget_usd', nearest: expect.any(Number) },
    });
    // Its items are there all the same, each with the reason.
    const rows = await results(own.client, batch.id);
    expect(rows.map(({ index }) => index)).toEqual(items(20).map((_, i) => i));
    for (const { status, model, error } of rows)
      expect([status, model, error]).toMatchObject(['failed', null, { code: 'infeasible' }]);
    // The nearest feasible value is feasible.
    const retry = accepted(
      await submit(own.client, {
        items: items(20),
        constraints: { budget_usd: done.error?.nearest },
      }),
    );
    expect((await ended(own.client, retry.id)).state).toBe('completed');
  });

  it('stops when it is cancelled', async () => {
    const poisoned = [item(0, { query: ' ' }), item(1)].map((one) => ({
      ...one,
      custom_id: `first-${one.custom_id}`,
    }));
    const all = [lines(poisoned), ...ndjsonItems(5_000)];
    const batch = accepted(await submit(own.client, all));
    expectProblem(await own.client.get(`/v1/route/batches/${batch.id}/results`), 409);
    const cancelled = await own.client.post(`/v1/route/batches/${batch.id}/cancel`, {});
    expect([cancelled.status, cancelled.body]).toMatchObject([200, { state: 'cancelled' }]);
    const again = await own.client.post(`/v1/route/batches/${batch.id}/cancel`, {});
    expect(again.status).toBe(200);
    const rows = await results(own.client, batch.id);
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 5_002 }, (_, i) => i));
    expect(rows[0]).toMatchObject({ status: 'failed', error: { code: 'invalid-request' } });
    expect(new Set(rows.slice(1).map(({ status, error }) => `${status} ${error?.code}`))).toEqual(
      new Set(['cancelled batch-cancelled']),
    );
    const other = accepted(await submit(own.client, { items: items(1) }));
    await ended(own.client, other.id);
    expectProblem(await own.client.post(`/v1/route/batches/${other.id}/cancel`, {}), 409);
    expect((await ended(own.client, batch.id)).state).toBe('cancelled');
  });

  it('tells of its progress until its end', async () => {
    const batch = accepted(await submit(own.client, ndjsonItems(1_000)));
    const response = await fetch(`${own.client.url}/v1/route/batches/${batch.id}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const events = (await response.text())
      .split('\n\n')
      .filter((event) => event.startsWith('event: '))
      .map((event) => /^event: (\w+)\ndata: (.*)$/.exec(event));
    expect(events.at(-1)?.[1]).toBe('end');
    expect(events.slice(0, -1).every((event) => event?.[1] === 'progress')).toBe(true);
    const shares = events.map((event) => (JSON.parse(event?.[2] ?? '') as typeof batch).progress);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('is nobody else’s', async () => {
    const [key, other] = [await makeKey('owner'), await makeKey('other')];
    const { id } = accepted(await submit(own.client, { items: items(1) }, { key }));
    await ended(own.client, id, key);
    for (const stranger of [other, undefined]) {
      for (const path of ['', '/results', '/events']) {
        expectProblem(await own.client.get(`/v1/route/batches/${id}${path}`, stranger), 404);
      }
      expectProblem(await own.client.post(`/v1/route/batches/${id}/cancel`, {}, stranger), 404);
    }
    await expectNoBatch(other);
    expect(await results(own.client, id, key)).toHaveLength(1);
  });
});
