import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ProfilesFile, SpaceLinkRecord } from '@zerorouter/contracts';
import { dot, expectedCostUsd, seededRandom, sigmoid } from '@zerorouter/latent-space';
import { carryProfile } from '../predict/carry-profile.js';
import { predictToFile } from '../predict/predict-queries.js';
import { profileModels } from '../profile/profile-models.js';
import type { SpaceFolder } from '../space/space-folder.js';
import { readSpaceFolder } from '../space/space-folder.js';
import { calibrateDataSets } from './calibrate.js';

jest.setTimeout(240_000);

const root = mkdtempSync(join(tmpdir(), 'zerorouter-link-'));
const encoder = { kind: 'use-lite', precision: 'int8', cacheDir: join(root, 'encoder') } as const;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ABILITIES = { 'lab/a': -1.5, 'lab/b': -0.5, 'lab/c': 0.3, 'lab/d': 1.2, 'lab/e': 2 };

/** Queries of `some.jsonl`, for which predictions are made. */
const ASKED = 32;

/** Sums whose difficulty is plain from the text, answered by models of known ability. */
function writeWorld(parent: string, queries: number, models: Record<string, number>): string {
  const folder = join(root, parent, 'sums');
  mkdirSync(folder, { recursive: true });
  // Texts of their own stream, so that the smaller world's stand in the larger one.
  const texts = seededRandom(11);
  const random = seededRandom(12);
  const lines: string[] = [];
  const header = 'query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s';
  const outcomes = [header];
  const late = [header];
  for (let q = 0; q < queries; q++) {
    const terms = 2 + (q % 8);
    const numbers = Array.from({ length: terms }, () => texts.integer(10 ** (1 + (q % 4))));
    lines.push(
      JSON.stringify({ id: `q${q}`, benchmark: 'sums', text: `What is ${numbers.join(' + ')}?` }),
    );
    const score = (theta: number) =>
      random.uniform() < sigmoid(2 * (theta - terms / 2 + 2.5)) ? 1 : 0;
    for (const [model, theta] of Object.entries(models))
      outcomes.push(`q${q},${model},${score(theta)},,${20 * terms},,`);
    late.push(`q${q},late/arrival,${score(1)},,${30 * terms},,`);
  }
  writeFileSync(join(folder, 'queries.jsonl'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'some.jsonl'), `${lines.slice(0, ASKED).join('\n')}\n`);
  writeFileSync(join(folder, 'outcomes.csv'), `${outcomes.join('\n')}\n`);
  writeFileSync(join(folder, 'late.csv'), `${late.join('\n')}\n`);
  return folder;
}

let grown: string;
let profilesFile: string;
const dirs = {
  previous: join(root, 'previous'),
  plain: join(root, 'plain'),
  linked: join(root, 'linked'),
};
let previous: SpaceFolder;
let plain: SpaceFolder;
let linked: SpaceFolder;
let link: SpaceLinkRecord;

beforeAll(async () => {
  const world = writeWorld('first', 80, ABILITIES);
  grown = writeWorld('second', 110, { ...ABILITIES, 'lab/f': 2.8 });
  const calibrate = (data: string, outDir: string, seed: number, linkDir?: string) =>
    calibrateDataSets({
      dataDirs: [data],
      options: { dimensions: linkDir === undefined ? 3 : 'auto', seed },
      encoder,
      outDir,
      cacheDir: join(root, 'embeddings'),
      ...(linkDir === undefined ? {} : { linkDir }),
    });
  await calibrate(world, dirs.previous, 1);
  await calibrate(grown, dirs.plain, 2);
  await calibrate(grown, dirs.linked, 2, dirs.previous);
  previous = readSpaceFolder(dirs.previous);
  plain = readSpaceFolder(dirs.plain);
  linked = readSpaceFolder(dirs.linked);
  link = linked.manifest.link!;
  profilesFile = join(root, 'profiles.json');
  await profileModels(
    {
      spaceDir: dirs.previous,
      dataDir: world,
      outcomesFile: join(world, 'late.csv'),
      anchors: 30,
      design: 'stratified',
      seed: 1,
      outFile: profilesFile,
    },
    encoder,
  );
});

async function predict(spaceDir: string, profiles: string | null, models: string) {
  const outFile = join(root, 'predictions.csv');
  await predictToFile(
    {
      spaceDir,
      profilesFiles: profiles === null ? [] : [profiles],
      queriesFile: join(grown, 'some.jsonl'),
      models: [models],
      outFile,
    },
    encoder,
  );
  return readFileSync(outFile, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([query, model, p, sd, tokens]) => ({
      cell: `${query} ${model}`,
      p: Number(p),
      sd: Number(sd),
      tokens: Number(tokens),
    }));
}

describe('calibrate --link', () => {
  it('changes no prediction', async () => {
    const before = await predict(dirs.plain, null, 'sums/*');
    const after = await predict(dirs.linked, null, 'sums/*');
    expect(after).toHaveLength(ASKED * 6);
    after.forEach(({ cell, p, sd, tokens }, at) => {
      expect(cell).toBe(before[at]!.cell);
      expect(Math.abs(p - before[at]!.p)).toBeLessThan(1e-6);
      expect(Math.abs(sd - before[at]!.sd)).toBeLessThan(1e-6);
      expect(tokens).toBe(before[at]!.tokens);
    });
  });

  it('moves abilities and item bank together, and the coordinates with them', () => {
    const logits = ({ items, subjects }: SpaceFolder) =>
      items.flatMap(({ discrimination, difficulty }) =>
        subjects.map(({ ability }) => dot(discrimination, ability.mean) - difficulty),
      );
    const before = logits(plain);
    logits(linked).forEach((z, at) => expect(Math.abs(z - before[at]!)).toBeLessThan(1e-4));
    const general = ({ subjects }: SpaceFolder) => subjects.map(({ ability }) => ability.mean[0]!);
    expect(general(linked)).not.toEqual(general(plain));
    expect(linked.manifest.version).not.toBe(plain.manifest.version);
    expect(linked.manifest.provenance['layout']).toEqual({ general: 1, facets: 2 });
  });

  it('records what it did', () => {
    expect(link).toMatchObject({
      previousVersion: previous.manifest.version,
      subjects: 5,
      permutation: [0],
    });
    expect(link.items).toBeGreaterThan(70);
    for (const numbers of [link.scale, link.shift, link.offset, link.residual, link.correlation])
      expect(numbers).toHaveLength(3);
    expect(link.correlation[0]).toBeGreaterThan(0.7);
    const abilityOf = (space: SpaceFolder, model: string) =>
      space.subjects.find((subject) => subject.model === model)!.ability.mean[0]!;
    for (const { model } of previous.subjects)
      expect(abilityOf(linked, model) - link.shift[0]!).toBeCloseTo(
        link.scale[0]! * abilityOf(plain, model),
        5,
      );
    expect(plain.manifest.link).toBeUndefined();
  });

  it('refuses what it cannot be linked to', async () => {
    const calibrate = (dimensions: number, linkDir: string) =>
      calibrateDataSets({
        dataDirs: [grown],
        options: { dimensions, seed: 1 },
        encoder,
        outDir: join(root, 'never'),
        linkDir,
      });
    await expect(calibrate(2, dirs.previous)).rejects.toThrow(/has 3 dimensions.*--dimensions 3/);
    await expect(calibrate(3, grown)).rejects.toThrow(/space\.json: is missing/);
  });
});

describe('profiles of the earlier version', () => {
  it('are carried over, as far from the linked version’s own as the link says', () => {
    const squares = [0, 0, 0];
    for (const old of previous.subjects) {
      const carried = carryProfile(link, old);
      const own = linked.subjects.find(({ model }) => model === old.model)!;
      squares.forEach((_, k) => {
        squares[k]! += (carried.ability.mean[k]! - own.ability.mean[k]!) ** 2 / 5;
        expect(carried.ability.covariance[4 * k]).toBeCloseTo(
          old.ability.covariance[4 * k]! + link.residual[k]! ** 2,
          12,
        );
      });
    }
    squares.forEach((square, k) => expect(Math.sqrt(square)).toBeCloseTo(link.residual[k]!, 9));
  });

  it('say the same length and cost in the levels of the linked version', () => {
    const length = { shift: 0.3, deviation: 0.1 };
    const profile = {
      ...previous.subjects[0]!,
      length: { offset: 0.5, offsetVariance: 0.02, smearing: 1.1 },
      cost: { kind: 'linear' as const, base: 0, perInputToken: 0, perOutputToken: 2e-6 },
    };
    const carried = carryProfile({ ...link, length }, profile);
    expect(carried.length.offset).toBeCloseTo(0.2, 12);
    expect(carried.length.offsetVariance).toBeCloseTo(0.03, 12);
    // level + offset is the same in both: the linked version's levels are higher by the shift.
    const usd = (cost: typeof profile.cost, level: number) =>
      expectedCostUsd({ logOutputTokens: level, inputTokens: 0 }, cost, null);
    expect(usd(carried.cost, 5.3)).toBeCloseTo(usd(profile.cost, 5)!, 12);
  });

  it('are read by predict in the linked space, and in no other', async () => {
    const there = await predict(dirs.previous, profilesFile, 'late/*');
    const here = await predict(dirs.linked, profilesFile, 'late/*');
    const apart = here.reduce((sum, { p }, at) => sum + Math.abs(p - there[at]!.p), 0);
    expect(here).toHaveLength(ASKED);
    expect(apart / here.length).toBeLessThan(0.1);
    await expect(predict(dirs.plain, profilesFile, 'late/*')).rejects.toThrow(
      `was made in latent space ${previous.manifest.version}, not in ${plain.manifest.version}; profile`,
    );
  });

  it('are refused with a correction of the earlier version’s difficulty', async () => {
    const file = JSON.parse(readFileSync(profilesFile, 'utf8')) as ProfilesFile;
    const corrected = join(root, 'corrected.json');
    const domainCorrection = {
      ...{ center: 0, slope: 1, level: 1, local: 1, difficultyVariance: 1, reach: [0, 1] },
      ...{ meanEmbedding: '', directions: '', weights: '' },
    };
    writeFileSync(corrected, JSON.stringify({ ...file, domainCorrection }));
    await expect(predict(dirs.linked, corrected, 'late/*')).rejects.toThrow(
      /cannot be carried; profile the models again/,
    );
  });
});
