import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { seededRandom, sigmoid } from '@zerorouter/latent-space';
import { readDataSets } from '@zerorouter/data-set';
import { calibrateDataSets } from './calibrate/calibrate.js';
import { predictToFile } from './predict/predict-queries.js';
import type { ProfileOptions } from './profile/profile-models.js';
import { profileModels } from './profile/profile-models.js';
import { readSpaceFolder } from './space/space-folder.js';

jest.setTimeout(240_000);

const root = mkdtempSync(join(tmpdir(), 'zerorouter-offline-'));
const encoder = {
  kind: 'use-lite',
  precision: 'int8',
  cacheDir: join(root, 'encoder'),
} as const;
const space = join(root, 'space');
const NEW_MODEL = 'late/arrival';

/**
 * A small world whose difficulty is plain from the text: sums of few or many large numbers.
 * Models of known ability answer them.
 */
function writeWorld(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(42);
  const queries: string[] = [];
  const outcomes = ['query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s'];
  const late = [outcomes[0]!];
  const abilities = [-1.5, -0.5, 0.5, 1.5, 2.5];
  for (let q = 0; q < 160; q++) {
    const terms = 2 + (q % 8);
    const numbers = Array.from({ length: terms }, () => random.integer(10 ** (1 + (q % 4))));
    queries.push(
      JSON.stringify({ id: `q${q}`, benchmark: 'sums', text: `What is ${numbers.join(' + ')}?` }),
    );
    const difficulty = terms / 2 - 2.5;
    const answer = (theta: number) =>
      random.uniform() < sigmoid(2 * (theta - difficulty)) ? 1 : 0;
    abilities.forEach((theta, m) => {
      const tokens = Math.round(20 * terms * (1 + 0.2 * m));
      outcomes.push(
        `q${q},maker/m${m},${answer(theta)},${4 * terms},${tokens},${(tokens * 1e-6).toFixed(8)},${(0.2 + tokens / 100).toFixed(3)}`,
      );
    });
    late.push(`q${q},${NEW_MODEL},${answer(1)},,${30 * terms},,`);
  }
  writeFileSync(join(folder, 'queries.jsonl'), `${queries.join('\n')}\n`);
  writeFileSync(join(folder, 'outcomes.csv.gz'), gzipSync(`${outcomes.join('\n')}\n`));
  writeFileSync(join(folder, 'late.csv'), `${late.join('\n')}\n`);
  writeFileSync(
    join(folder, 'models.json'),
    JSON.stringify({ [NEW_MODEL]: { input_price_per_mtok: 1, output_price_per_mtok: 2 } }),
  );
  return folder;
}

let world: string;

beforeAll(async () => {
  world = writeWorld('world');
  await calibrateDataSets({
    dataDirs: [world],
    options: { dimensions: 2, seed: 1 },
    encoder,
    outDir: space,
  });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function profileOptions(change: Partial<ProfileOptions> = {}): ProfileOptions {
  return {
    spaceDir: space,
    dataDir: world,
    outcomesFile: join(world, 'late.csv'),
    anchors: 24,
    design: 'adaptive',
    seed: 1,
    outFile: join(root, 'profiles.json'),
    ...change,
  };
}

describe('calibrate', () => {
  it('beats every model’s mean accuracy on queries that it did not see', () => {
    const { manifest } = readSpaceFolder(space);
    expect(manifest.heldOut['logLoss']).toBeLessThan(
      (manifest.heldOut['baselineLogLoss'] as number) - 0.03,
    );
    // Two of the sums have the same text: one item.
    expect(manifest.counts).toEqual({ queries: 160, items: 159, subjects: 5, outcomes: 800 });
  });

  it('tells how well tokens, cost and latency of calls that it did not see were foretold', () => {
    const { manifest } = readSpaceFolder(space);
    const { world: figures } = manifest.heldOut['resources'] as Record<
      string,
      Record<string, { calls: number; ratio: number }>
    >;
    for (const kind of ['outputTokens', 'costUsd', 'latencyS']) {
      expect(figures![kind]!.calls).toBe(800);
      expect(Math.abs(figures![kind]!.ratio - 1)).toBeLessThan(0.1);
    }
  });

  it('orders the models by ability and keeps no text', () => {
    const { subjects } = readSpaceFolder(space);
    const general = ['world/maker/m0', 'world/maker/m2', 'world/maker/m4'].map(
      (name) => subjects.find(({ model }) => model === name)!.ability.mean[0]!,
    );
    expect(general[0]!).toBeLessThan(general[1]!);
    expect(general[1]!).toBeLessThan(general[2]!);
    for (const file of ['space.json', 'abilities.json'])
      expect(readFileSync(join(space, file), 'utf8')).not.toMatch(/What is/);
  });

  it('writes the same bytes for the same seed', async () => {
    const again = join(root, 'space-again');
    await calibrateDataSets({
      dataDirs: [world],
      options: { dimensions: 2, seed: 1 },
      encoder,
      outDir: again,
    });
    for (const file of ['space.json', 'abilities.json', 'items.jsonl.gz', 'predictor.onnx'])
      expect(readFileSync(join(again, file)).equals(readFileSync(join(space, file)))).toBe(true);
  });
});

describe('profile', () => {
  it('reads no outcome beyond the anchors that it picked', async () => {
    const { models } = await profileModels(profileOptions(), encoder);
    const asked = new Set(models[0]!.anchors);
    expect(asked.size).toBe(24);
    const spoilt = readFileSync(join(world, 'late.csv'), 'utf8')
      .split('\n')
      .map((line, index) => {
        if (index === 0 || line === '' || asked.has(line.split(',')[0]!)) return line;
        const cells = line.split(',');
        cells[2] = cells[2] === '1' ? '0' : '1';
        cells[4] = '99999';
        return cells.join(',');
      })
      .join('\n');
    const spoiltFile = join(root, 'spoilt.csv');
    writeFileSync(spoiltFile, spoilt);
    const second = await profileModels(
      profileOptions({ outcomesFile: spoiltFile, outFile: join(root, 'second.json') }),
      encoder,
    );
    expect(second).toEqual({ ...second, models });
  });

  it('places a new model between its neighbours, with every design', async () => {
    const { subjects } = readSpaceFolder(space);
    const accuracyOf = (name: string) => subjects.find(({ model }) => model === name)!.meanScore;
    for (const design of ['adaptive', 'log-det', 'stratified', 'random'] as const) {
      const { models } = await profileModels(profileOptions({ design, anchors: 60 }), encoder);
      const { value, interval } = models[0]!.expectedAccuracy;
      expect(value).toBeGreaterThan(accuracyOf('world/maker/m1'));
      expect(value).toBeLessThan(accuracyOf('world/maker/m4'));
      expect(interval[0]).toBeLessThan(value);
    }
  });
});

describe('anchors by cost and exposure', () => {
  /** Terms of a sum: what its answer's length, and so its price, goes by. */
  const termsOf = (id: string) => 2 + (Number(id.slice(1)) % 8);

  it('picks cheaper queries where information is weighed against cost', async () => {
    const mean = async (perCost: boolean, design: 'adaptive' | 'log-det') => {
      const { models } = await profileModels(profileOptions({ perCost, design }), encoder);
      const { anchors } = models[0]!;
      expect(new Set(anchors).size).toBe(24);
      return anchors.reduce((sum, id) => sum + termsOf(id), 0) / anchors.length;
    };
    for (const design of ['adaptive', 'log-det'] as const)
      expect(await mean(true, design)).toBeLessThan((await mean(false, design)) - 0.4);
  });

  it('asks no query of more than the allowed share of the models', async () => {
    const lines = readFileSync(join(world, 'late.csv'), 'utf8').trim().split('\n');
    const several = join(root, 'several.csv');
    const copies = Array.from({ length: 4 }, (_, copy) =>
      lines.slice(1).map((line) => line.replace(NEW_MODEL, `${NEW_MODEL}-${copy}`)),
    );
    writeFileSync(several, [lines[0], ...copies.flat()].join('\n'));
    const exposure = async (maxExposure: number, design: ProfileOptions['design']) => {
      const { models } = await profileModels(
        profileOptions({ outcomesFile: several, maxExposure, design, anchors: 40 }),
        encoder,
      );
      const times = new Map<string, number>();
      for (const { anchors } of models) {
        expect(anchors).toHaveLength(40);
        for (const id of anchors) times.set(id, (times.get(id) ?? 0) + 1);
      }
      return Math.max(...times.values());
    };
    for (const design of ['adaptive', 'log-det', 'stratified', 'random'] as const) {
      expect(await exposure(1, design)).toBeGreaterThan(1);
      expect(await exposure(0.25, design)).toBe(1);
    }
  });

  it('refuses a share that is none', async () => {
    for (const maxExposure of [0, -1, 1.5, NaN])
      await expect(profileModels(profileOptions({ maxExposure }), encoder)).rejects.toThrow(
        /--max-exposure.*\(0, 1\]/,
      );
  });
});

describe('predict', () => {
  it('writes every query × admitted model with p strictly inside (0, 1)', async () => {
    await profileModels(profileOptions(), encoder);
    const out = join(root, 'predictions.csv');
    const summary = await predictToFile(
      {
        spaceDir: space,
        profilesFiles: [join(root, 'profiles.json')],
        queriesFile: join(world, 'queries.jsonl'),
        models: ['late/*', '*m4'],
        outFile: out,
      },
      encoder,
    );
    expect(summary).toMatchObject({ queries: 160, models: 2, rows: 320 });
    const [header, ...rows] = readFileSync(out, 'utf8').trim().split('\n');
    expect(header).toBe('query_id,model,p,sd,output_tokens,cost_usd,latency_s');
    expect(rows).toHaveLength(320);
    for (const row of rows) {
      const [, model, p, sd, tokens, cost, latency] = row.split(',');
      expect(Number(p)).toBeGreaterThan(0);
      expect(Number(p)).toBeLessThan(1);
      expect(p!.split('.')[1]!.length).toBeGreaterThanOrEqual(6);
      expect(Number(sd)).toBeGreaterThan(0);
      expect(Number(tokens)).toBeGreaterThan(0);
      expect(Number(cost)).toBeGreaterThan(0);
      if (model === NEW_MODEL) expect(latency).toBe('');
      else expect(Number(latency)).toBeGreaterThan(0);
    }
  });

  it('refuses one model name from two files, naming both', async () => {
    await profileModels(profileOptions(), encoder);
    await profileModels(profileOptions({ outFile: join(root, 'other.json') }), encoder);
    const run = predictToFile(
      {
        spaceDir: space,
        profilesFiles: [join(root, 'profiles.json'), join(root, 'other.json')],
        queriesFile: join(world, 'queries.jsonl'),
        models: [],
        outFile: join(root, 'never.csv'),
      },
      encoder,
    );
    await expect(run).rejects.toThrow(/other\.json.*late\/arrival.*profiles\.json/);
  });

  it('refuses a space of another encoder, naming both', async () => {
    const run = predictToFile(
      {
        spaceDir: space,
        profilesFiles: [],
        queriesFile: join(world, 'queries.jsonl'),
        models: [],
        outFile: join(root, 'never.csv'),
      },
      { ...encoder, precision: 'fp32' },
    );
    await expect(run).rejects.toThrow(/use-lite-int8.*use-lite-fp32|use-lite-fp32.*use-lite-int8/);
  });
});

describe('bad input', () => {
  const broken = (name: string, file: string, text: string): string => {
    const folder = writeWorld(name);
    rmSync(join(folder, `${file}.gz`), { force: true });
    writeFileSync(join(folder, file), text);
    return folder;
  };

  it.each([
    [
      'a',
      'queries.jsonl',
      '{"id":"q1","text":"x"}\n{"id":"q2"\n',
      /queries\.jsonl:2: not valid JSON/,
    ],
    [
      'b',
      'queries.jsonl',
      '{"id":"q1","text":"x"}\n{"id":"q1","text":"y"}\n',
      /:2: id "q1".*line 1/,
    ],
    ['c', 'queries.jsonl', '{"id":"q1","text":"  "}\n', /:1: text: is blank/],
    [
      'd',
      'outcomes.csv',
      'query_id,model,score\nq0,m,1\nnope,m,1\n',
      /outcomes\.csv:3: query_id "nope"/,
    ],
    ['e', 'outcomes.csv', 'query_id,model,score\nq0,m,1.5\n', /:2: score is "1\.5".*0 to 1/],
    [
      'f',
      'outcomes.csv',
      'query_id,model,score\nq0,m,1\nq0,m,0\n',
      /:3: model "m" answers query "q0" twice/,
    ],
    ['g', 'outcomes.csv', 'query_id,model\nq0,m\n', /:1: column "score" missing/],
    ['h', 'outcomes.csv', 'query_id,model,score\nq0,m,NaN\n', /:2: score is "NaN"/],
  ])('is named with file and line (%s %s)', async (name, file, text, message) => {
    await expect(readDataSets([broken(name, file, text)])).rejects.toThrow(message);
  });

  it('is two folders of the same name', async () => {
    const twin = join(root, 'elsewhere');
    mkdirSync(twin, { recursive: true });
    const other = writeWorld('elsewhere/world');
    await expect(readDataSets([world, other])).rejects.toThrow(/same base name/);
  });
});
