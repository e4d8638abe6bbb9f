import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { seededRandom } from '@zerorouter/latent-space';
import { textHash } from '@zerorouter/data-set';
import { calibrateDataSets } from '../calibrate/calibrate.js';
import { carryProfile } from '../predict/carry-profile.js';
import { predictToFile } from '../predict/predict-queries.js';
import { openQueryPredictor } from '../query-predictor.js';
import type { SpaceFolder } from '../space/space-folder.js';
import { readSpaceFolder, writeSpaceFolder } from '../space/space-folder.js';
import type { RecalibratedSpace, RecalibrationTask } from './recalibrate-space.js';
import { recalibrateSpace } from './recalibrate-space.js';

jest.setTimeout(400_000);

const root = mkdtempSync(join(tmpdir(), 'zerorouter-recalibrate-'));
const encoder = { kind: 'use-lite', precision: 'int8', cacheDir: join(root, 'encoder') } as const;
const HEADER = 'query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s';
const random = seededRandom(5);
const answer = (probability: number) => (random.uniform() < probability ? 1 : 0);

/** Even queries are about pets, odd ones about pension law: alike in form, unlike in meaning. */
const PETS = ['kitten', 'puppy', 'rabbit', 'hamster', 'parrot', 'goldfish', 'pony', 'turtle'];
const LAW = ['pension', 'annuity', 'tax', 'trust', 'estate', 'levy', 'statute', 'ordinance'];
const newText = (q: number) =>
  q % 2 === 0
    ? `How should one feed a ${PETS[(q >> 1) % 8]!} of ${1 + (q >> 4)} months that likes to play?`
    : `Which clause of the ${LAW[(q >> 1) % 8]!} act applies to a claim of ${1 + (q >> 4)} years?`;

let before: SpaceFolder;
let task: RecalibrationTask;
let made: RecalibratedSpace;

beforeAll(async () => {
  const data = join(root, 'sums');
  mkdirSync(data);
  const sums = Array.from({ length: 60 }, () => `What is ${random.integer(99)} + 7?`);
  const queries = sums.map((text, q) => JSON.stringify({ id: `q${q}`, benchmark: 'sums', text }));
  const rows = sums.flatMap((_, q) =>
    [0.3, 0.5, 0.7, 0.9].map((p, m) => `q${q},maker/m${m},${answer(p)},,,,`),
  );
  writeFileSync(join(data, 'queries.jsonl'), `${queries.join('\n')}\n`);
  writeFileSync(join(data, 'outcomes.csv'), `${[HEADER, ...rows].join('\n')}\n`);
  const outDir = join(root, 'space');
  await calibrateDataSets({
    dataDirs: [data],
    options: { dimensions: 2, seed: 1 },
    encoder,
    outDir,
  });
  before = readSpaceFolder(outDir);
  // The bank knows the last anchor's text, the others are new; nobody answers the one before it.
  const known = before.items.find(({ hash }) => hash === textHash(sums[0]!))!;
  const texts = Array.from({ length: 60 }, (_, q) => newText(q));
  task = {
    space: before,
    anchorSet: {
      name: 'chores',
      anchors: [...texts.map((text) => ({ text, known: null })), { text: sums[0]!, known }],
    },
    models: Array.from({ length: 4 }, (_, m) => ({
      model: `late/m${m}`,
      prior: { mean: [0, 0], covariance: [1, 0, 0, 1] },
      answers: [...texts.keys(), 60]
        .filter((q) => q !== 59)
        .map((anchor) => ({ anchor, score: answer(anchor % 2 === 0 ? 0.9 : 0.1) })),
      refit: m !== 3,
    })),
    seed: 1,
  };
  made = await recalibrateSpace(task, encoder);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const difficulties = async (manifest: SpaceFolder['manifest'], texts: readonly string[]) => {
  const headOnnx = before.predictorOnnx;
  const predictor = await openQueryPredictor({ encoder, manifest, headOnnx });
  const latents = await Promise.all(texts.map((text) => predictor.predict(text)));
  await predictor.close();
  return latents.map(({ difficulty }) => difficulty);
};

describe('recalibrateSpace', () => {
  it('mends the predicted difficulty of the domain, and of no other', async () => {
    const { manifest } = made;
    expect(manifest.domainCorrections).toHaveLength(1);
    const texts = [newText(96), newText(97), 'What is 12 + 7?'];
    const [pets, law, sum] = await difficulties(before.manifest, texts);
    const [petsNow, lawNow, sumNow] = await difficulties(manifest, texts);
    expect(lawNow! - petsNow!).toBeGreaterThan(law! - pets! + 1);
    expect(sumNow).toBe(sum);
    const { after, before: was, change } = recalibrationOf(manifest);
    expect(after.logLoss).toBeLessThan(was.logLoss);
    expect(change.logLoss.interval[1]).toBeLessThan(0);
  });

  it('corrects one after the other', async () => {
    const [correction] = made.manifest.domainCorrections!;
    const lowered = { ...correction!, slope: 1, level: 0, local: 0 };
    const shifted = (...domainCorrections: (typeof lowered)[]) =>
      difficulties({ ...before.manifest, domainCorrections }, [newText(96)]);
    expect(await shifted(lowered, correction!)).toEqual(await shifted(correction!));
    expect(await shifted(correction!, { ...lowered, slope: 0 })).not.toEqual(
      await shifted(correction!),
    );
  });

  it('puts the answered anchors into the bank, in place of what it held', () => {
    expect(made.items).toHaveLength(60);
    expect(new Set(made.items.map(({ source }) => source))).toEqual(new Set(['anchors/chores']));
    expect(made.manifest.counts.items).toBe(before.manifest.counts.items + 59);
    expect(made.anchors).toHaveLength(61);
    const law = made.items.find(({ hash }) => hash === textHash(newText(1)))!;
    expect(made.anchors[1]).toMatchObject({
      discrimination: law.discrimination,
      difficulty: law.difficulty,
    });
  });

  it('stays in the coordinates that the space had', () => {
    const { link, provenance } = made.manifest;
    expect(link?.previousVersion).toBe(before.manifest.version);
    for (const subject of before.subjects) expect(carryProfile(link!, subject)).toEqual(subject);
    expect(provenance['recalibration']).toMatchObject({
      models: ['late/m0', 'late/m1', 'late/m2', 'late/m3'],
      refitted: ['late/m0', 'late/m1', 'late/m2'],
      corrected: true,
    });
  });

  it('names its content by its version, and makes the same of the same', async () => {
    expect(await recalibrateSpace(task, encoder)).toEqual(made);
    const [first, ...others] = task.models;
    const answers = first!.answers.map(({ anchor, score }) => ({ anchor, score: 1 - score }));
    const other = await recalibrateSpace(
      { ...task, models: [{ ...first!, answers }, ...others] },
      encoder,
    );
    expect(
      new Set([before.manifest, made.manifest, other.manifest].map((m) => m.version)).size,
    ).toBe(3);
  });

  it('is a space for the offline verbs', async () => {
    const judged = join(root, 'judged.jsonl');
    const lines = [newText(96), newText(97)].map((text, q) =>
      JSON.stringify({ id: `q${q}`, benchmark: '', text }),
    );
    writeFileSync(judged, `${lines.join('\n')}\n`);
    const forecast = async (name: string, space: SpaceFolder) => {
      writeSpaceFolder(join(root, name), space);
      const outFile = join(root, `${name}.csv`);
      const models = ['sums/maker/m0'];
      const spaceDir = join(root, name);
      const options = { spaceDir, profilesFiles: [], queriesFile: judged, models, outFile };
      await predictToFile(options, encoder);
      const rows = readFileSync(outFile, 'utf8').trim().split('\n').slice(1);
      return rows.map((row) => Number(row.split(',')[2]));
    };
    const [pets, law] = await forecast('old', before);
    const [petsNow, lawNow] = await forecast('new', { ...before, manifest: made.manifest });
    expect(petsNow! - lawNow!).toBeGreaterThan(pets! - law! + 0.1);
  });
});

function recalibrationOf({ heldOut }: SpaceFolder['manifest']) {
  return heldOut['recalibration'] as {
    before: { logLoss: number };
    after: { logLoss: number };
    change: { logLoss: { interval: [number, number] } };
  };
}
