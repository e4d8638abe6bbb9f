import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runStatement } from '../../packages/local-stack/dist/index.js';
import { bootOwnStack, type OwnStack } from '../stack/boot-stack.js';
import type { Answer } from '../stack/client.js';
import { tell } from '../stack/fault-matrix.js';
import { expectUnavailable, OutageAsker } from '../stack/outage-asker.js';
import { startOwnPostgres, type OwnService } from '../stack/own-services.js';
import { mountSmallDisk } from '../stack/small-disk.js';

const MEGABYTES = 512;
/** A decision is some kilobytes, and a table grows by pages: soon one finds no room. */
const MOST_ASKED = 400;

const disk = mountSmallDisk(MEGABYTES);
if (disk === null)
  process.stderr.write(
    'NO SMALL DISK: a tmpfs cannot be mounted here (it wants root): the test is SKIPPED\n',
  );
const described = disk === null ? describe.skip : describe;

described('a full disk under Postgres', () => {
  let postgres: OwnService;
  let own: OwnStack;
  let asker: OutageAsker;
  /** What has been started, whether or not all of it was. */
  const closing: (() => Promise<void> | void)[] = [() => disk!.close()];

  beforeAll(async () => {
    postgres = await startOwnPostgres({
      folder: disk!.folder,
      settings: { max_wal_size: '64MB', min_wal_size: '32MB' },
    });
    closing.push(() => postgres.close());
    own = await bootOwnStack({
      databaseUrl: postgres.url,
      env: { PREDICTION_TIMEOUT_MS: '4000' },
    });
    closing.push(() => own.stop());
    asker = new OutageAsker(own.client, { deadlineMs: 15_000, healsWithinMs: 30_000 });
  }, 600_000);

  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  it('refuses what it cannot store, loses nothing, and heals once there is room', async () => {
    const told: string[] = [];
    const ask = async (): Promise<Answer> => {
      const answer = await asker.ask(asker.unseen());
      if (answer.status === 200) told.push((answer.body as { decision_id: string }).decision_id);
      return answer;
    };
    expect((await ask()).status).toBe(200);
    // A log of its own to write into: without that Postgres itself would have to stop.
    await runStatement(postgres.url, 'SELECT pg_switch_wal()');
    await runStatement(postgres.url, 'CHECKPOINT');
    expect((await ask()).status).toBe(200);
    disk!.fill();
    let refused = 0;
    try {
      for (let i = 0; i < MOST_ASKED && refused < 10; i++) {
        const answer = await ask();
        if (answer.status === 200) continue;
        expectUnavailable(answer);
        refused += 1;
      }
      expect(refused).toBe(10);
      // A read needs no room.
      const read = await own.client.get(`/v1/decisions/${told[0]}`);
      expect([read.status, read.body]).toMatchObject([200, { decision_id: told[0] }]);
      expect((await own.client.get('/health/live')).status).toBe(200);
    } finally {
      disk!.free();
    }
    const healed_ms = await asker.healed();
    const stored = await Promise.all(
      told.map(async (id) => (await own.client.get(`/v1/decisions/${id}`)).status),
    );
    expect(stored).toEqual(told.map(() => 200));
    expect(own.notes.filter((note) => / ended /.test(note))).toEqual([]);
    tell('503 with Retry-After, then answers; nothing told of is lost', {
      told: told.length,
      refused,
      healed_ms,
      slowest_ms: asker.slowest,
    });
  }, 180_000);
});
