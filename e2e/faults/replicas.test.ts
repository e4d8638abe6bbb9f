import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AppName } from '../../packages/local-stack/dist/index.js';
import { runStatement } from '../../packages/local-stack/dist/index.js';
import { startAnother, type AnotherProcess } from '../stack/another-process.js';
import { accepted, ended, ndjsonItems, results, submit } from '../stack/batches.js';
import { prepared } from '../stack/boot-stack.js';
import { connectClient, type Client } from '../stack/client.js';
import { tell } from '../stack/fault-matrix.js';
import { ANCHORS_ASKED, FaultStack, until } from '../stack/fault-stack.js';
import { healthUrlOf, scrape } from '../stack/scrape.js';

const APPS = ['gateway', 'predictor', 'profiler'] as const satisfies readonly AppName[];
/** Anchors that a sentinel run asks. */
const SENTINELS = 8;
const SLOTS = 3;
/** Items of a chunk job. */
const CHUNK = 100;

const { adminKey } = prepared();
let stack: FaultStack;
let others: Record<AppName, AnotherProcess>;
let gateways: Client[];

beforeAll(async () => {
  stack = await FaultStack.boot({ SENTINEL_INTERVAL_S: '5', SENTINEL_MAX_COST_USD: '100' });
  const started = await Promise.all(
    APPS.map((app) =>
      startAnother(app, {
        databaseUrl: stack.own.databaseUrl,
        env: stack.env,
        logFile: logOf(`another-${app}`),
      }),
    ),
  );
  others = Object.fromEntries(APPS.map((app, i) => [app, started[i]!])) as typeof others;
  gateways = [stack.own.client, connectClient(others.gateway.url)];
}, 400_000);

afterAll(async () => {
  for (const other of Object.values(others)) await other.end('SIGTERM');
  await stack.stop();
});

const logOf = (name: string): string => join(stack.own.stateDir, 'logs', `${name}.log`);

/** Tries of one kind of job, by each of the two processes of an app. */
async function triesOf(app: 'predictor' | 'profiler', queue: string): Promise<number[]> {
  const urls = [healthUrlOf(stack.own.stateDir, app), others[app].url];
  return Promise.all(
    urls.map(async (url) =>
      (await scrape(url)).sum('zerorouter_job_duration_seconds_count', { queue }),
    ),
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('two gateways, two predictors, two profilers', () => {
  it('ask the sentinels of a slot once', async () => {
    const runs = () =>
      stack.counts(
        `SELECT count(*) AS all, count(finished_at) AS finished,
           count(DISTINCT (model_id, slot)) AS slots FROM sentinel_runs`,
      );
    const asked = () =>
      [...stack.provider.callsByPrompt].reduce(
        (calls, [prompt, count]) => (prompt === 'warm up' ? calls : calls + count),
        0,
      );
    const before = await runs();
    await until(async () => (await runs())['finished']! >= before['finished']! + SLOTS, 90_000);
    // Between two slots nothing is under way, and both counts stand still.
    let seen = await runs();
    let calls = asked();
    await until(async () => {
      calls = asked();
      seen = await runs();
      return seen['finished'] === seen['all'] && calls === asked();
    });
    expect(seen['slots']).toBe(seen['all']);
    expect(calls).toBe(SENTINELS * seen['all']!);
    tell('each slot once', { slots: seen['all']!, calls });
  }, 150_000);

  it('predict each chunk of a batch once, side by side, and optimise it once', async () => {
    const ITEMS = 2_000;
    const chunksBefore = await triesOf('predictor', 'route-batch');
    const optimisedBefore = await triesOf('profiler', 'optimize-batch');
    const batch = accepted(await submit(gateways[0]!, ndjsonItems(ITEMS)));
    await ended(gateways[1]!, batch.id);
    const rows = await results(gateways[1]!, batch.id);
    expect(rows.map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: ITEMS }, (_, i) => `q-${i}`),
    );
    const chunks = (await triesOf('predictor', 'route-batch')).map((n, i) => n - chunksBefore[i]!);
    expect(sum(chunks)).toBe(ITEMS / CHUNK);
    expect(Math.min(...chunks)).toBeGreaterThan(0);
    // A job is counted once it has ended, which is a moment after its batch has.
    const optimisations = async () =>
      sum(await triesOf('profiler', 'optimize-batch')) - sum(optimisedBefore);
    await until(async () => (await optimisations()) > 0);
    expect(await optimisations()).toBe(1);
    tell('each chunk once, one optimisation', {
      results: rows.length,
      chunks_by_each: chunks.join(' + '),
      optimisations: 1,
    });
  }, 200_000);

  it('measure a model once', async () => {
    const before = stack.anchorProvider.calls;
    const id = await stack.onboard();
    await until(async () => (await stack.onboarding(id)).finished_at !== null, 120_000);
    expect(await stack.onboarding(id)).toMatchObject({ state: 'succeeded', error: null });
    expect(stack.anchorProvider.calls - before).toBe(ANCHORS_ASKED);
    tell('each anchor once', { calls: ANCHORS_ASKED });
  }, 150_000);

  it('delete the texts of expired batches once', async () => {
    const BATCHES = 6;
    const ids: string[] = [];
    for (let i = 0; i < BATCHES; i++) {
      const { id } = accepted(await submit(gateways[i % 2]!, ndjsonItems(20)));
      ids.push(id);
    }
    for (const id of ids) await ended(gateways[0]!, id);
    await runStatement(
      stack.own.databaseUrl,
      'UPDATE batches SET expires_at = now() WHERE texts_deleted_at IS NULL',
    );
    const left = () =>
      stack.counts('SELECT count(*) AS texts FROM batch_items WHERE request IS NOT NULL');
    await until(async () => (await left())['texts'] === 0);
    const deleted = ['profiler', 'another-profiler'].flatMap((name) =>
      readFileSync(logOf(name), 'utf8')
        .split('\n')
        .filter((line) => line.includes('texts of an expired batch are deleted'))
        .map((line) => (JSON.parse(line) as { batchId: string }).batchId),
    );
    expect(deleted.filter((id) => ids.includes(id)).sort()).toEqual([...ids].sort());
    tell('each batch once', { batches: BATCHES, deletions: BATCHES });
  }, 150_000);

  it('learn from each feedback once, and report the same sums', async () => {
    const JUDGED = 30;
    for (let i = 0; i < JUDGED; i++) {
      const { decision_id } = await gateways[i % 2]!.route({ query: `Is ${i} prime?` });
      const answer = await gateways[(i + 1) % 2]!.post('/v1/feedback', {
        decision_id,
        score: i % 2,
        source: 'user',
      });
      expect([answer.status, answer.body]).toMatchObject([expect.any(Number), {}]);
      expect(answer.status).toBeLessThan(300);
    }
    const feedback = () =>
      stack.counts(
        `SELECT count(*) AS all, count(*) FILTER (WHERE state <> 'pending') AS settled,
           count(DISTINCT decision_id) AS decisions FROM feedback`,
      );
    await until(async () => (await feedback())['settled'] === JUDGED);
    expect(await feedback()).toEqual({ all: JUDGED, settled: JUDGED, decisions: JUDGED });
    // Sums are made when they are asked for: there is no roll-up that could run twice.
    const period = `from=${new Date(Date.now() - 86_400_000).toISOString()}&to=${new Date().toISOString()}`;
    const [one, other] = await Promise.all(
      gateways.map((gateway) => gateway.get(`/admin/v1/reports/savings?${period}`, adminKey)),
    );
    expect(one!.status).toBe(200);
    expect(other!.body).toEqual(one!.body);
    tell('each once; both gateways report the same', { feedback: JUDGED });
  }, 120_000);
});
