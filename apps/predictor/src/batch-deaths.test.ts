import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { connectDatabase } from '@zerorouter/database';
import type { BatchResultRow, Database } from '@zerorouter/database';
import { sampleSpace } from '../../../packages/database/test/sample-space.js';
import { describeWithDatabase } from '../../../packages/database/test/test-database.js';

/** Eight processes are started, each seconds on a busy machine. */
jest.setTimeout(300_000);

const PROGRAM = resolve(import.meta.dirname, '../test/mortal-predictor.mjs');
const ITEMS = 250;
/** One in each of the first two chunks, which run at once; the third is innocent. */
const DEADLY = [7, 150];
/** Three take the chunks along together, and then two for each text. */
const MOST_DEATHS = 3 + 2 * DEADLY.length;

describeWithDatabase('a deadly text', (databaseUrl) => {
  let database: Database;

  beforeAll(async () => {
    database = connectDatabase(databaseUrl());
    await database.spaces.create(sampleSpace('v1'));
  });
  afterAll(() => database.close());

  async function upload(): Promise<string> {
    const coming = await database.batches.openUpload({
      keyId: null,
      spaceVersion: 'v1',
      policy: { label: 'x', weights: { accuracy: 1, cost: 0, latency: 0 }, constraints: {} },
      constraints: {},
      idempotencyKey: null,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    await coming.add(
      Array.from({ length: ITEMS }, (_, index) => ({
        index,
        customId: `c${index}`,
        request: {
          text: DEADLY.includes(index) ? `deadly ${index}` : `text ${index}`,
          requires: [],
        },
      })),
    );
    await coming.commit('');
    return coming.id;
  }

  it('fails alone, after some deaths, and takes no neighbour along', async () => {
    const id = await upload();
    const ends: (string | number)[] = [];
    while (ends.at(-1) !== 0 && ends.length <= MOST_DEATHS) {
      const child = spawn(process.execPath, [PROGRAM, databaseUrl(), id, String(ITEMS)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      ends.push(code ?? signal!);
    }
    expect(ends).toEqual([...new Array<string>(MOST_DEATHS).fill('SIGKILL'), 0]);
    expect(await database.batchWork.get(id)).toMatchObject({
      state: 'optimizing',
      predictedCount: ITEMS - DEADLY.length,
      failedCount: DEADLY.length,
    });
    const rows = await database.batches.results(id, -1, ITEMS);
    const failed = rows.filter(({ state }) => state !== 'predicted');
    expect(failed.map(({ index, state, error }) => [index, state, error?.code])).toEqual(
      DEADLY.map((index): [number, BatchResultRow['state'], string] => [
        index,
        'failed',
        'prediction-crashed',
      ]),
    );
  });
});
