import { describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readDataSet, textHash } from '@zerorouter/data-set';
import { readSpaceFolder } from '@zerorouter/pipelines';
import { readStarterProfiles, STARTER_SPACE_DIR } from './index.js';

// Sentences are looked for in all that ships.
jest.setTimeout(60_000);

const dataDir = process.env['ZEROROUTER_DATA_DIR'];
if (dataDir === undefined)
  console.warn('ZEROROUTER_DATA_DIR is not set: the starter space is not compared with its data');
const withData = dataDir === undefined ? it.skip : it;

describe('the starter space', () => {
  const space = readSpaceFolder(STARTER_SPACE_DIR);

  it('is small, and beats every model’s mean accuracy on held-out queries by 0.05', () => {
    const bytes = readdirSync(STARTER_SPACE_DIR).reduce(
      (sum, file) => sum + readFileSync(join(STARTER_SPACE_DIR, file)).length,
      0,
    );
    expect(bytes).toBeLessThan(16e6);
    const { logLoss, baselineLogLoss } = space.manifest.heldOut as Record<string, number>;
    expect(logLoss).toBeLessThan(baselineLogLoss! - 0.05);
  });

  it('has one profile per model, in its own space, priced with a date', () => {
    const profiles = readStarterProfiles();
    expect(new Set(profiles.map(({ profile }) => profile.model)).size).toBe(profiles.length);
    for (const { profile } of profiles) {
      expect(profile.ability.mean).toHaveLength(space.manifest.dimensions);
      expect(profile.ability.covariance).toHaveLength(space.manifest.dimensions ** 2);
      if (profile.cost?.kind === 'prices') expect(profile.cost.asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    }
    const general = new Map(profiles.map(({ profile: p }) => [p.model, p.ability.mean[0]!]));
    expect(general.get('openai/gpt-4o-2024-05-13')!).toBeGreaterThan(
      general.get('mistralai/mistral-7b-instruct-v0.1')!,
    );
  });

  withData('knows the queries of its data by hash, and holds none of their sentences', async () => {
    const { queries } = await readDataSet(join(dataDir!, 'openllm_v2'));
    const bank = new Set(space.items.map(({ hash }) => hash));
    // All but the few that better models fail: calibration dropped and reported those.
    const { bySource } = space.manifest.provenance['itemFit'] as {
      bySource: Record<string, { negative: number }>;
    };
    const unknown = new Set(queries.map(({ text }) => textHash(text)).filter((h) => !bank.has(h)));
    expect(unknown.size).toBeLessThanOrEqual(bySource['openllm_v2']!.negative);
    expect(unknown.size).toBeLessThan(queries.length / 100);
    const shipped = readdirSync(STARTER_SPACE_DIR)
      .map((file) => readFileSync(join(STARTER_SPACE_DIR, file)))
      .map((bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes))
      .map((bytes) => bytes.toString('latin1'))
      .join('\n');
    for (const { text } of queries.filter((_, index) => index % 50 === 0))
      expect(shipped).not.toContain(text.slice(0, 40));
  });
});
