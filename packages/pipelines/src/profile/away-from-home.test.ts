import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ProfilesFile } from '@zerorouter/contracts';
import { seededRandom } from '@zerorouter/latent-space';
import { calibrateDataSets } from '../calibrate/calibrate.js';
import { predictToFile } from '../predict/predict-queries.js';
import type { ProfileOptions } from './profile-models.js';
import { profileModels } from './profile-models.js';

jest.setTimeout(240_000);

const root = mkdtempSync(join(tmpdir(), 'zerorouter-away-'));
const encoder = {
  kind: 'use-lite',
  precision: 'int8',
  cacheDir: join(root, 'encoder'),
} as const;
const space = join(root, 'space');
const HEADER = 'query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s';
const random = seededRandom(5);

function writeFolder(name: string, texts: readonly string[], outcomes: readonly string[]): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const queries = texts.map((text, q) => JSON.stringify({ id: `q${q}`, benchmark: name, text }));
  writeFileSync(join(folder, 'queries.jsonl'), `${queries.join('\n')}\n`);
  writeFileSync(join(folder, 'outcomes.csv'), `${[HEADER, ...outcomes].join('\n')}\n`);
  return folder;
}

const answer = (probability: number) => (random.uniform() < probability ? 1 : 0);

/** Even queries are about pets, odd ones about pension law: alike in form, unlike in meaning. */
const PETS = ['kitten', 'puppy', 'rabbit', 'hamster', 'parrot', 'goldfish', 'pony', 'turtle'];
const LAW = ['pension', 'annuity', 'tax', 'trust', 'estate', 'levy', 'statute', 'ordinance'];
const newText = (q: number) =>
  q % 2 === 0
    ? `How should one feed a ${PETS[(q >> 1) % 8]!} of ${1 + (q >> 4)} months that likes to play?`
    : `Which clause of the ${LAW[(q >> 1) % 8]!} act applies to a claim of ${1 + (q >> 4)} years?`;

let newDomain: string;
let judged: string;

beforeAll(async () => {
  const sums = Array.from({ length: 60 }, () => `What is ${random.integer(99)} + 7?`);
  const known = writeFolder(
    'sums',
    sums,
    sums.flatMap((_, q) =>
      [0.3, 0.5, 0.7, 0.9].map((p, m) => `q${q},maker/m${m},${answer(p)},,,,`),
    ),
  );
  await calibrateDataSets({
    dataDirs: [known],
    options: { dimensions: 1, seed: 1 },
    encoder,
    outDir: space,
  });
  const texts = Array.from({ length: 96 }, (_, q) => newText(q));
  newDomain = writeFolder(
    'new',
    texts,
    texts.flatMap((_, q) =>
      Array.from(
        { length: 8 },
        (_, m) => `q${q},late/m${m},${answer(q % 2 === 0 ? 0.9 : 0.1)},,,,`,
      ),
    ),
  );
  judged = join(writeFolder('judged', [newText(97), newText(98)], []), 'queries.jsonl');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const profile = (outcomesFile: string, outFile: string, change: Partial<ProfileOptions> = {}) =>
  profileModels(
    {
      spaceDir: space,
      dataDir: newDomain,
      outcomesFile,
      anchors: 16,
      design: 'random',
      seed: 1,
      outFile,
      ...change,
    },
    encoder,
  );

/** Mean P(correct) of the new models on the query about law, and on the one about pets. */
async function forecasts(profiles: string): Promise<number[]> {
  const out = join(root, 'predictions.csv');
  await predictToFile(
    {
      spaceDir: space,
      profilesFiles: [profiles],
      queriesFile: judged,
      models: ['late/*'],
      outFile: out,
    },
    encoder,
  );
  const rows = readFileSync(out, 'utf8').trim().split('\n').slice(1);
  return ['q0', 'q1'].map((id) => {
    const own = rows.filter((row) => row.startsWith(`${id},`));
    expect(own).toHaveLength(8);
    return own.reduce((sum, row) => sum + Number(row.split(',')[2]) / own.length, 0);
  });
}

describe('profiling on a domain that the space never saw', () => {
  it('pools the anchors of all models into a correction that predict applies', async () => {
    const path = join(root, 'profiles.json');
    const file = await profile(join(newDomain, 'outcomes.csv'), path);
    expect(file.domainCorrection).toBeDefined();
    const [law, pets] = await forecasts(path);
    expect(pets! - law!).toBeGreaterThan(0.3);

    const { domainCorrection, ...without } = JSON.parse(readFileSync(path, 'utf8')) as ProfilesFile;
    expect(domainCorrection).toBeDefined();
    const bare = join(root, 'bare.json');
    writeFileSync(bare, JSON.stringify(without));
    const [lawAlone, petsAlone] = await forecasts(bare);
    expect(petsAlone! - lawAlone!).toBeLessThan((pets! - law!) / 2);
  });

  it('reads nothing but the anchors of the call', async () => {
    const original = join(newDomain, 'outcomes.csv');
    const file = await profile(original, join(root, 'one.json'));
    const asked = new Map(file.models.map(({ model, anchors }) => [model, new Set(anchors)]));
    const spoilt = readFileSync(original, 'utf8')
      .split('\n')
      .map((line, index) => {
        const [query, model, score, ...rest] = line.split(',');
        if (index === 0 || line === '' || asked.get(model!)!.has(query!)) return line;
        return [query, model, score === '1' ? '0' : '1', ...rest].join(',');
      })
      .join('\n');
    expect(spoilt).not.toBe(readFileSync(original, 'utf8'));
    const spoiltFile = join(root, 'spoilt.csv');
    writeFileSync(spoiltFile, spoilt);
    expect(await profile(spoiltFile, join(root, 'two.json'))).toEqual(file);
  });

  it('writes the same bytes for the same seed', async () => {
    const outcomes = join(newDomain, 'outcomes.csv');
    const paths = ['first.json', 'second.json'].map((name) => join(root, name));
    for (const path of paths) await profile(outcomes, path, { design: 'adaptive' });
    const [first, second] = paths.map((path) => readFileSync(path));
    expect(second!.equals(first!)).toBe(true);
  });

  it('stops asking a model whose accuracy is known well enough, and refuses a senseless target', async () => {
    const outcomes = join(newDomain, 'outcomes.csv');
    const path = join(root, 'enough.json');
    const { models } = await profile(outcomes, path, { anchors: 90, targetDeviation: 0.08 });
    for (const { anchors } of models) {
      expect(anchors.length).toBeGreaterThan(0);
      expect(anchors.length).toBeLessThan(60);
    }
    await expect(profile(outcomes, path, { targetDeviation: 0 })).rejects.toThrow(/--target-sd/);
  });

  it('refuses a correction that was tampered with, naming the file', async () => {
    const path = join(root, 'damaged.json');
    const file = await profile(join(newDomain, 'outcomes.csv'), path);
    const { weights, ...rest } = file.domainCorrection!;
    writeFileSync(
      path,
      JSON.stringify({ ...file, domainCorrection: { ...rest, weights: weights.slice(0, 32) } }),
    );
    await expect(forecasts(path)).rejects.toThrow(/damaged\.json.*is damaged.*domain correction/s);
  });
});
