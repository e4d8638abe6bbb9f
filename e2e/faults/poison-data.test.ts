import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  calibrationSchema,
  spaceListSchema,
  type CalibrationView,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { expectProblem } from '../stack/client.js';
import { writeDataSet } from '../stack/data-set-folder.js';
import { tell } from '../stack/fault-matrix.js';
import { until } from '../stack/fault-stack.js';

const { adminKey } = prepared();
const OUTCOMES = 'outcomes.csv';
/** The tenth line of outcomes, below the header. */
const LINE = 11;

/** Puts a word in the place of a column of one line. */
const withCell = (column: number, word: string) => (text: string) => {
  const lines = text.split('\n');
  const cells = lines[LINE - 1]!.split(',');
  cells[column] = word;
  lines[LINE - 1] = cells.join(',');
  return lines.join('\n');
};

const POISON: { name: string; spoil: (folder: string) => void; error: RegExp }[] = [
  ...(
    [
      ['a score of NaN', 2, 'NaN', /outcomes\.csv:11: score is "NaN"/],
      ['a score without end', 2, 'Infinity', /outcomes\.csv:11: score is "Infinity"/],
      ['a score below 0', 2, '-1', /outcomes\.csv:11: score is "-1"/],
      ['a cost of NaN', 5, 'nan', /outcomes\.csv:11: cost_usd is "nan"/],
      ['a latency that overflows', 6, '1e999', /outcomes\.csv:11: latency_s is "1e999"/],
    ] as const
  ).map(([name, column, word, error]) => ({
    name,
    spoil: (folder: string) => {
      const path = join(folder, OUTCOMES);
      writeFileSync(path, withCell(column, word)(readFileSync(path, 'utf8')));
    },
    error,
  })),
  {
    name: 'a gzip that breaks off',
    spoil: (folder) => {
      const path = join(folder, OUTCOMES);
      const zipped = gzipSync(readFileSync(path));
      writeFileSync(`${path}.gz`, zipped.subarray(0, Math.floor(zipped.length / 2)));
      rmSync(path);
    },
    error: /outcomes\.csv\.gz/,
  },
  {
    name: 'queries that break off',
    spoil: (folder) => {
      const path = join(folder, 'queries.jsonl');
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, bytes.length - 20));
    },
    error: /queries\.jsonl:160/,
  },
  {
    name: 'no outcome at all',
    spoil: (folder) => {
      const path = join(folder, OUTCOMES);
      writeFileSync(path, `${readFileSync(path, 'utf8').split('\n', 1)[0]}\n`);
    },
    error: /outcome/,
  },
];

let dataDir: string;
let own: OwnStack;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'zerorouter-data-'));
  writeDataSet(join(dataDir, 'sound'));
  POISON.forEach(({ spoil }, i) => {
    const folder = join(dataDir, `poison-${i}`);
    cpSync(join(dataDir, 'sound'), folder, { recursive: true });
    spoil(folder);
  });
  own = await bootOwnStack({ env: { CALIBRATION_DATA_DIR: dataDir } });
}, 300_000);

afterAll(async () => {
  await own.stop();
  rmSync(dataDir, { recursive: true });
});

async function calibrated(dataSet: string): Promise<CalibrationView> {
  const answer = await own.client.post(
    '/admin/v1/spaces/calibrations',
    { data_sets: [dataSet], dimensions: 1, seed: 7 },
    adminKey,
  );
  expect([answer.status, answer.body]).toMatchObject([202, {}]);
  const path = answer.headers.get('location')!;
  let calibration = calibrationSchema.parse(answer.body);
  await until(async () => {
    calibration = calibrationSchema.parse((await own.client.get(path, adminKey)).body);
    return calibration.state === 'succeeded' || calibration.state === 'failed';
  }, 120_000);
  return calibration;
}

const spaces = async (): Promise<number> =>
  spaceListSchema.parse((await own.client.get('/admin/v1/spaces', adminKey)).body).data.length;

describe('a calibration on data', () => {
  it.each(POISON.map(({ name, error }, i) => ({ name, error, folder: `poison-${i}` })))(
    'with $name fails once, says where, and makes no space',
    async ({ folder, error }) => {
      const before = await spaces();
      const failed = await calibrated(folder);
      expect(failed).toMatchObject({ state: 'failed', space_version: null });
      expect(failed.error).toMatch(error);
      expect(await spaces()).toBe(before);
      tell('failed at once, with file and line; no space', { spaces: 0 });
    },
    150_000,
  );

  it('that is sound succeeds after all of these', async () => {
    const before = await spaces();
    expect(await calibrated('sound')).toMatchObject({ state: 'succeeded', error: null });
    expect(await spaces()).toBe(before + 1);
    expect(own.notes.filter((note) => / ended /.test(note))).toEqual([]);
  }, 150_000);
});

describe('numbers that are none, in requests', () => {
  it.each([
    ['/v1/feedback', '{"decision_id":"dec_1","score":NaN,"source":"user"}'],
    ['/v1/feedback', '{"decision_id":"dec_1","score":1e999,"source":"user"}'],
    ['/v1/route', '{"query":"What?","policy":{"dial":NaN}}'],
    ['/v1/route', '{"query":"What?","constraints":{"max_cost_usd":1e999}}'],
    ['/v1/route', '{"query":"What?","policy":{"weights":{"accuracy":1e999,"cost":0,"latency":0}}}'],
  ])('are refused: %s %s', async (path, body) => {
    expectProblem(await own.client.postText(path, body), 400);
    tell('400', { cases: 1 });
  });
});
