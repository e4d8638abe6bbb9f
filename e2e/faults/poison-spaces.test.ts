import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runStatement } from '../../packages/local-stack/dist/index.js';
import { STARTER_SPACE_DIR } from '../../packages/starter-space/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';
import { tell } from '../stack/fault-matrix.js';
import { until } from '../stack/fault-stack.js';
import { expectUnavailable, OutageAsker } from '../stack/outage-asker.js';

const CLI = join(import.meta.dirname, '../../apps/cli/dist/main.js');

/** Bytes that read as NaN wherever a float begins in them. */
const nans = (count: number): Buffer => Buffer.alloc(count, 0xff);

interface Damage {
  name: string;
  file: string;
  damage: (bytes: Buffer) => Buffer;
}

const DAMAGES: Damage[] = [
  ...['space.json', 'abilities.json', 'items.jsonl.gz', 'predictor.onnx'].map((file) => ({
    name: `${file} cut short`,
    file,
    damage: (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 2)),
  })),
  {
    name: 'the wrong hash',
    file: 'space.json',
    damage: (bytes) =>
      Buffer.from(bytes.toString('utf8').replace(/"space-[0-9a-f]{12}"/, '"space-0123456789ab"')),
  },
  {
    name: 'NaN in the weights',
    file: 'predictor.onnx',
    damage: (bytes) => {
      const damaged = Buffer.from(bytes);
      nans(4_096).copy(damaged, Math.floor(bytes.length / 2));
      return damaged;
    },
  },
  {
    name: 'NaN in the abilities',
    file: 'abilities.json',
    damage: (bytes) =>
      Buffer.from(bytes.toString('utf8').replace(/"mean":\[[^,\]]+/, '"mean":[NaN')),
  },
  { name: 'an empty file', file: 'items.jsonl.gz', damage: () => Buffer.alloc(0) },
];

describe('a damaged space folder', () => {
  let folder: string;
  let queries: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'zerorouter-spaces-'));
    queries = join(folder, 'queries.jsonl');
    writeFileSync(queries, '{"id":"q","text":"Which river flows through Vienna?"}\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const predict = (spaceDir: string) =>
    new Promise<{ code: number; stderr: string }>((resolve) => {
      const out = join(folder, 'out.csv');
      const args = ['predict', '--space', spaceDir, '--queries', queries, '--out', out];
      const env = { ...process.env, ENCODER_CACHE_DIR: prepared().encoderDir };
      const child = execFile(process.execPath, [CLI, ...args], { env }, (_, __, stderr) =>
        resolve({ code: child.exitCode ?? -1, stderr }),
      );
    });

  it('that is whole is read', async () => {
    const whole = join(folder, 'whole');
    cpSync(STARTER_SPACE_DIR, whole, { recursive: true });
    const { code, stderr } = await predict(whole);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  });

  it.each(DAMAGES)(
    'by $name is refused in one line that names it',
    async ({ name, file, damage }) => {
      const space = join(folder, name.replaceAll(/\W+/g, '-'));
      cpSync(STARTER_SPACE_DIR, space, { recursive: true });
      const path = join(space, file);
      const bytes = readFileSync(path);
      const damaged = damage(bytes);
      expect(damaged.equals(bytes)).toBe(false);
      writeFileSync(path, damaged);
      const { code, stderr } = await predict(space);
      expect([code, stderr]).toEqual([2, expect.stringContaining(space)]);
      expect(stderr).toMatch(/is damaged/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      tell('refused, exit code 2, one line', { file });
    },
  );
});

describe('a damaged space in the database', () => {
  let own: OwnStack;
  let asker: OutageAsker;

  beforeAll(async () => {
    own = await bootOwnStack({
      env: { PREDICTION_TIMEOUT_MS: '6000', PREDICTION_CACHE_SIZE: '0' },
    });
    asker = new OutageAsker(own.client, { deadlineMs: 15_000, healsWithinMs: 60_000 });
    await runStatement(
      own.databaseUrl,
      `CREATE TABLE whole AS SELECT version, predictor_onnx FROM latent_spaces`,
    );
  }, 300_000);
  afterAll(() => own.stop());

  /** Another process of the predictor, which reads the space anew. */
  async function restartPredictor(): Promise<void> {
    const before = own.stack.pid('predictor');
    own.stack.kill('predictor', 'SIGKILL');
    await until(() => {
      const pid = own.stack.pid('predictor');
      return pid !== undefined && pid !== before;
    });
  }

  it.each([
    {
      damage: 'cut short',
      sql: `substring(predictor_onnx FROM 1 FOR octet_length(predictor_onnx) / 2)`,
      // It was never open: it is tried again every few seconds.
      mendedBy: () => Promise.resolve(),
    },
    {
      damage: 'full of NaN',
      sql: `overlay(predictor_onnx PLACING decode(repeat('ff', 4096), 'hex') FROM octet_length(predictor_onnx) / 2)`,
      // It is open: a space of one version never changes, so that nobody looks whether it has.
      mendedBy: () => restartPredictor(),
    },
  ])(
    '$damage decides nothing, and answers once it is whole',
    async ({ sql, mendedBy }) => {
      await asker.healed();
      await runStatement(own.databaseUrl, `UPDATE latent_spaces SET predictor_onnx = ${sql}`);
      await restartPredictor();
      const decisions = () => runStatement(own.databaseUrl, 'SELECT count(*) FROM decisions');
      const decided = await decisions();
      try {
        for (let i = 0; i < 6; i++) expectUnavailable(await asker.ask(asker.unseen()));
        expect(await decisions()).toEqual(decided);
      } finally {
        await runStatement(
          own.databaseUrl,
          `UPDATE latent_spaces s SET predictor_onnx = whole.predictor_onnx FROM whole
         WHERE whole.version = s.version`,
        );
      }
      await mendedBy();
      const healed_ms = await asker.healed();
      tell('503 with Retry-After, no decision, then answers', { refused: 6, healed_ms });
    },
    240_000,
  );
});
