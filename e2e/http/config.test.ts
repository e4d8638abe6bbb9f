import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  adminModelListSchema,
  policySchema,
  type AdminModel,
} from '../../packages/contracts/dist/index.js';
import { bootOwnStack, prepared, type OwnStack } from '../stack/boot-stack.js';

const { adminKey } = prepared();
const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'zerorouter-config-'));
const file = join(folder, 'zerorouter.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

/** `zr config check`. */
function check(args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const cli = join(ROOT, 'apps', 'cli', 'dist', 'main.js');
    const { DATABASE_URL: _, ZEROROUTER_CONFIG: __, ...rest } = process.env;
    execFile(
      process.execPath,
      [cli, 'config', 'check', ...args],
      { env: { ...rest, ...env } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

describe('the examples', () => {
  it.each(readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.yaml')))(
    '%s is a configuration, and asks for its keys',
    async (name) => {
      const path = join(ROOT, 'examples', name);
      const without = await check([path], {});
      expect(without.code).toBe(2);
      const missing = [...without.stderr.matchAll(/: (\w+) is not set/g)].map(([, key]) => key!);
      expect(missing.length).toBeGreaterThan(0);
      const keys = Object.fromEntries(missing.map((key) => [key, 'sk-example-key']));
      for (const run of [await check([path], keys), await check([path, '--without-secrets'], {})]) {
        expect([run.code, run.stderr]).toEqual([0, `${path} is valid\n`]);
        expect(JSON.parse(run.stdout)).toMatchObject({
          valid: true,
          models: expect.anything() as unknown,
        });
        expect(run.stdout).not.toContain('sk-example-key');
      }
    },
  );
});

describe('a stack with a configuration file', () => {
  const keys = {
    ACME_KEY: 'sk-acme-0123456789abcdef',
    SECRETS_KEY: randomBytes(32).toString('base64'),
    ZEROROUTER_CONFIG: file,
  };
  const write = (dearer: number): void =>
    writeFileSync(
      file,
      [
        'settings:',
        '  default_policy: house',
        '  profile_refresh_s: 7',
        'policies:',
        `  house: { weights: { accuracy: 1, cost: ${dearer}, latency: 0 } }`,
        'models:',
        '  - name: acme/declared',
        `    prices: { input_per_mtok: ${dearer}, output_per_mtok: 2 }`,
        '    size_b: 8',
        '    deployments: [{ base_url: "https://acme.invalid/v1", api_key: "${ACME_KEY}" }]',
        '  # Known from the starter space: it gets a place where it is served.',
        '  - name: openai/gpt-4o-mini-2024-07-18',
        '    deployments: [{ base_url: "https://openai.invalid/v1", api_key: "${ACME_KEY}" }]',
      ].join('\n'),
    );
  const find = async (own: OwnStack, name: string): Promise<AdminModel | undefined> =>
    adminModelListSchema
      .parse((await own.client.get('/admin/v1/models', adminKey)).body)
      .data.find((model) => model.name === name);
  let own: OwnStack;

  beforeAll(async () => {
    write(1);
    own = await bootOwnStack({ env: keys });
  });
  afterAll(async () => {
    await own.stop();
  });

  it('has what the file declares, and its settings', async () => {
    expect(own.notes.join('\n')).toMatch(/model acme\/declared: created/);
    expect(await find(own, 'acme/declared')).toMatchObject({
      state: 'draft',
      size_b: 8,
      deployments: [{ base_url: 'https://acme.invalid/v1', api_key_hint: 'cdef' }],
    });
    expect(await find(own, 'openai/gpt-4o-mini-2024-07-18')).toMatchObject({
      state: 'active',
      deployments: [{ base_url: 'https://openai.invalid/v1' }],
    });
    expect((await own.client.route({ query: 'Who decides?' })).policy).toBe('house');
  });

  it('a dry run tells what the next start would change, and changes nothing', async () => {
    const env = { ...keys, DATABASE_URL: own.databaseUrl };
    const unchanged = await check([file, '--dry-run'], env);
    const actions = ({ stdout }: { stdout: string }) =>
      (
        JSON.parse(stdout) as { steps: { name: string; action: string; changes: string[] }[] }
      ).steps.map(({ name, action, changes }) => [name, action, ...changes]);
    expect(actions(unchanged)).toEqual([
      ['house', 'unchanged'],
      ['acme/declared', 'unchanged'],
      ['openai/gpt-4o-mini-2024-07-18', 'unchanged'],
    ]);
    write(3);
    const planned = await check([file, '--dry-run'], env);
    expect(actions(planned)).toEqual([
      ['house', 'update', 'weights'],
      ['acme/declared', 'update', 'prices'],
      ['openai/gpt-4o-mini-2024-07-18', 'unchanged'],
    ]);
    expect((await find(own, 'acme/declared'))?.prices?.input_per_mtok).toBe(1);
  });

  it('the next start makes the change, and a start without one makes none', async () => {
    const { databaseUrl } = own;
    await own.stop();
    own = await bootOwnStack({ env: keys, databaseUrl });
    expect((await find(own, 'acme/declared'))?.prices?.input_per_mtok).toBe(3);
    const policy = async () =>
      policySchema.parse((await own.client.get('/admin/v1/policies/house', adminKey)).body);
    expect(await policy()).toMatchObject({ version: 2, weights: { cost: 3 } });
    await own.stop();
    own = await bootOwnStack({ env: keys, databaseUrl });
    expect(own.notes.join('\n')).not.toMatch(/created|updated/);
    expect(await policy()).toMatchObject({ version: 2 });
  });

  it('does not start on a file with mistakes, and names them all', async () => {
    writeFileSync(
      file,
      'settings: { prot: 1 }\nmodels: [{ name: auto }, { name: acme/b, deployments: [{ base_url: "http://10.0.0.1" }] }]\n',
    );
    const run = await check([file], keys);
    expect([run.code, run.stdout]).toEqual([2, '']);
    for (const place of [
      /:1:19 settings\.prot/,
      /:2:18 models\.0\.name/,
      /models\.1\.deployments\.0\.base_url: .*PROVIDER_ALLOW_PRIVATE/,
    ])
      expect(run.stderr).toMatch(place);
    await expect(bootOwnStack({ env: keys })).rejects.toThrow(/setup/);
  });
});
