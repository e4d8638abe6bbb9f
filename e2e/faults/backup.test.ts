import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase } from '../../packages/local-stack/dist/index.js';
import { accepted, ended, ndjsonItems, results, submit } from '../stack/batches.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { tell } from '../stack/fault-matrix.js';
import { until } from '../stack/fault-stack.js';
import { findPostgresTools, type PostgresTools } from '../stack/postgres-tools.js';

const { adminKey, serverUrl, prefix } = prepared();
const QUERIES = Array.from({ length: 20 }, (_, i) => ({
  query: `Case ${i}: a train leaves at ${i} o'clock and takes ${i * 7} minutes. When is it there?`,
  policy: ['balanced', 'min-cost', 'max-accuracy', 'frugal'][i % 4]!,
}));

const tools = await findPostgresTools(serverUrl);
if (tools === null)
  process.stderr.write(
    'NO PG_DUMP that is as new as the server: the test of backup and restore is SKIPPED\n',
  );

(tools === null ? describe.skip : describe)('a backup of Postgres, restored', () => {
  let folder: string;
  let own: OwnStack;
  let restored: OwnStack | null = null;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-backup-'));
    own = await bootOwnStack({ env: { BATCH_SWEEP_MS: '1000' } });
  }, 300_000);
  afterAll(async () => {
    await restored?.stop();
    await own.stop();
    rmSync(folder, { recursive: true });
  });

  it('brings back the same decisions, old and new, and finishes what was under way', async () => {
    const { dump, restore, version } = tools as PostgresTools;
    const policy = { weights: { accuracy: 1, cost: 0.3, latency: 0.05 } };
    const stored = await fetch(`${own.client.url}/admin/v1/policies/frugal`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(policy),
    });
    expect(stored.status).toBeLessThan(300);
    // Gateways hear of a policy a moment later.
    await until(
      async () =>
        (await own.client.post('/v1/route', { query: 'Known?', policy: 'frugal' })).status === 200,
    );
    const decided = [];
    for (const request of QUERIES) decided.push(await own.client.route(request));
    const done = accepted(await submit(own.client, ndjsonItems(200)));
    await ended(own.client, done.id);
    const doneResults = await results(own.client, done.id);
    const read = (stack: OwnStack, id: string) =>
      stack.client.get(`/admin/v1/decisions/${id}`, adminKey);
    const records = await Promise.all(
      decided.map(async ({ decision_id: id }) => (await read(own, id)).body),
    );
    // In use while it is saved, with a batch half-way.
    const underWay = accepted(await submit(own.client, ndjsonItems(1_500)));
    const file = join(folder, 'zerorouter.dump');
    const dumpStart = performance.now();
    await dump(own.databaseUrl, file);
    const dumpMs = performance.now() - dumpStart;

    const databaseUrl = await createDatabase(
      serverUrl,
      `${prefix}_${randomBytes(4).toString('hex')}`,
      'template0',
    );
    const restoreStart = performance.now();
    await restore(databaseUrl, file);
    const restoreMs = performance.now() - restoreStart;
    // Its queues are its own: what Redis held is gone.
    restored = await bootOwnStack({ databaseUrl, env: { BATCH_SWEEP_MS: '1000' } });

    for (const [i, { decision_id: id }] of decided.entries()) {
      const answer = await read(restored, id);
      expect([answer.status, answer.body]).toEqual([200, records[i]]);
    }
    for (const [i, request] of QUERIES.entries()) {
      const again = await restored.client.route(request);
      const { model, fallbacks, candidates, query, space_version } = decided[i]!;
      // To the digit.
      expect(again).toMatchObject({ model, fallbacks, query, space_version });
      expect(again.candidates).toEqual(candidates);
    }
    expect(await results(restored.client, done.id)).toEqual(doneResults);
    expect(await ended(restored.client, underWay.id)).toMatchObject({
      state: 'completed',
      counts: { succeeded: 1_500, failed: 0 },
    });
    const rows = await results(restored.client, underWay.id);
    expect(rows.map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: 1_500 }, (_, i) => `q-${i}`),
    );
    tell('the same decisions to the digit; the batch under way is completed', {
      decisions: decided.length,
      pg_dump: version,
      dump_ms: Math.round(dumpMs),
      restore_ms: Math.round(restoreMs),
      megabytes: Math.round(statSync(file).size / 1e6),
    });
  }, 400_000);
});
