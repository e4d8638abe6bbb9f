import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { connectDatabase } from '../../packages/database/dist/index.js';
import { createDatabase } from '../../packages/local-stack/dist/index.js';
import { prepared } from '../stack/boot-stack.js';

const MAIN = join(import.meta.dirname, '../../apps/setup/dist/main.js');
const KEY = /^admin key \(shown once\): (zr_\S+)$/m;

function runSetup(databaseUrl: string, args: string[] = []) {
  return promisify(execFile)(process.execPath, [MAIN, ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
}

describe('the setup', () => {
  it('of two at once makes one database, one key and nothing twice', async () => {
    const { serverUrl, prefix } = prepared();
    const databaseUrl = await createDatabase(serverUrl, `${prefix}_setup`);
    const both = await Promise.all([runSetup(databaseUrl), runSetup(databaseUrl)]);
    expect(both.filter(({ stdout }) => KEY.test(stdout))).toHaveLength(1);

    const database = connectDatabase(databaseUrl);
    try {
      const [space, ...others] = await database.spaces.list();
      expect(others).toEqual([]);
      expect(space?.state).toBe('active');
      const profiles = await database.profiles.active(space?.manifest.version ?? '');
      expect(profiles.length).toBeGreaterThan(20);
      expect(profiles.every(({ version, deployments }) => version === 1 && deployments === 0)).toBe(
        true,
      );
      const [set, ...otherSets] = await database.anchors.sets();
      expect(otherSets).toEqual([]);
      const anchors = await database.anchors.list(set?.id ?? '');
      expect(anchors.length).toBeGreaterThan(200);
      for (const { discrimination, difficulty, difficultyVariance } of anchors) {
        expect(discrimination).toHaveLength(space?.manifest.dimensions ?? 0);
        expect(Number.isFinite(difficulty)).toBe(true);
        expect(difficultyVariance).toBeGreaterThan(0);
      }

      // What somebody has decided stays decided.
      const name = profiles[0]?.profile.model ?? '';
      await database.profiles.setState(name, 'retired');
      const again = await runSetup(databaseUrl);
      expect([again.stdout, again.stderr]).toEqual(['', '']);
      expect((await database.profiles.get(name))?.state).toBe('retired');

      const further = KEY.exec((await runSetup(databaseUrl, ['--new-admin-key'])).stdout)?.[1];
      expect(further).toMatch(/^zr_/);
      expect(await database.keys.count()).toBe(2);
    } finally {
      await database.close();
    }
  });

  it('says in one line what it lacks', async () => {
    await expect(runSetup('')).rejects.toMatchObject({
      code: 1,
      stderr: 'setup: DATABASE_URL is not set: name the Postgres to set up\n',
    });
    await expect(runSetup('postgresql://a:b@127.0.0.1:9/c')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^setup: cannot open database "c" at 127\.0\.0\.1:9: .*\n$/),
    });
  });
});
