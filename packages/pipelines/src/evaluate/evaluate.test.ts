import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { seededRandom, sigmoid } from '@zerorouter/latent-space';
import { questionStem, readDataSets } from '@zerorouter/data-set';
import { evaluateDataSets } from './evaluate.js';
import type { EvaluationData } from './evaluation-data.js';
import { evaluationData } from './evaluation-data.js';
import { excludedWith } from './plan/benchmark-groups.js';
import type { LeftOut } from './plan/leave-out.js';
import { leaveOut } from './plan/leave-out.js';
import { writeTrainingData } from './run/calibrate-part.js';
import type { EvaluationReport } from './report/report-schema.js';
import { reportSchema } from './report/report-schema.js';

jest.setTimeout(400_000);

const root = mkdtempSync(join(tmpdir(), 'zerorouter-evaluate-test-'));
const encoder = {
  kind: 'use-lite',
  precision: 'int8',
  cacheDir: join(root, 'encoder'),
} as const;
const HOSTILE = 'evil-<img src=x onerror=alert(1)>&"';

/** Models of known ability; the first are also in the other data set under another name. */
const MODELS = [
  ['gpt-4', 2.2],
  ['gpt-3', 0.6],
  ['claude-2', 1.4],
  ['qwen-7b', 0],
  ['qwen-72b', 1.2],
  ['phi-3', -0.4],
  ['solar-10b', -1],
  ['glm-4', 0.9],
  ['yi-34b', 0.3],
  [HOSTILE, -0.7],
] as const;

const TASKS = {
  sums: (random: ReturnType<typeof seededRandom>, size: number) =>
    `What is ${Array.from({ length: size }, () => 1 + random.integer(90)).join(' + ')}?`,
  letters: (random: ReturnType<typeof seededRandom>, size: number) =>
    `How often does the letter "e" stand in: ${Array.from({ length: 2 * size }, () => ['tree', 'house', 'sea', 'green'][random.integer(4)]).join(' ')}`,
  orders: (random: ReturnType<typeof seededRandom>, size: number) =>
    `Sort these by size: ${Array.from({ length: size }, () => random.integer(1000)).join(', ')}.`,
  rhymes: (random: ReturnType<typeof seededRandom>, size: number) =>
    `Write ${size} lines about a ${['cat', 'ship', 'star'][random.integer(3)]} number ${random.integer(500)} that rhyme.`,
};

/** Difficulty is plain from the text; a call costs what its answer is long. */
function writeWorld(name: string, tasks: (keyof typeof TASKS)[], prefix: string, seed: number) {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(seed);
  const queries: string[] = [];
  const outcomes = ['query_id,model,score,input_tokens,output_tokens,cost_usd,latency_s'];
  for (const task of tasks)
    for (let q = 0; q < 56; q++) {
      const size = 2 + (q % 8);
      const id = `${task}-${q}`;
      queries.push(JSON.stringify({ id, benchmark: task, text: TASKS[task](random, size) }));
      for (const [model, ability] of MODELS) {
        const score = random.uniform() < sigmoid(1.8 * (ability - (size / 2 - 2.5))) ? 1 : 0;
        const cost = 1e-5 * size * Math.exp(ability);
        const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
        outcomes.push(`${id},${cell(prefix + model)},${score},,${10 * size},${cost.toFixed(8)},`);
      }
    }
  writeFileSync(join(folder, 'queries.jsonl'), `${queries.join('\n')}\n`);
  writeFileSync(join(folder, 'outcomes.csv'), `${outcomes.join('\n')}\n`);
  return folder;
}

let folders: string[];
let data: EvaluationData;
let leftOut: LeftOut;
let report: EvaluationReport;
const workDir = join(root, 'work');
const outDir = join(root, 'report');

beforeAll(async () => {
  folders = [
    writeWorld('one', ['sums', 'letters'], '', 1),
    writeWorld('two', ['orders', 'rhymes'], 'maker/', 2),
  ];
  data = evaluationData(await readDataSets(folders));
  leftOut = leaveOut(data, 3);
  const groupsFile = join(root, 'groups.json');
  writeFileSync(groupsFile, JSON.stringify({ 'all of one': ['one/*'] }));
  report = await evaluateDataSets({
    options: {
      dataDirs: folders,
      protocol: 'all',
      outDir,
      seed: 3,
      anchors: [0, 30],
      fast: true,
      groupsFile,
    },
    encoder,
    cacheDir: join(root, 'embeddings'),
    workDir,
  });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What a folder that `calibrate` read tells of queries and models that it must not know. */
function leaks(parent: string, out: LeftOut, excluded: Uint8Array): string[] {
  const stems = new Set(
    data.queries.flatMap(({ stem }, q) => (out.query[q] === 1 || excluded[q] === 1 ? [stem] : [])),
  );
  const found: string[] = [];
  for (const name of readdirSync(parent)) {
    const lines = (file: string) =>
      readFileSync(join(parent, name, file), 'utf8')
        .trim()
        .split('\n');
    for (const line of lines('queries.jsonl')) {
      const { id, text } = JSON.parse(line) as { id: string; text: string };
      if (stems.has(questionStem(text))) found.push(`query ${id}`);
    }
    for (const { model, name: subject } of data.subjects.filter((_, s) => out.subject[s] === 1))
      if (subject.startsWith(`${name}/`))
        for (const file of ['outcomes.csv', 'models.json'])
          if (existsSync(join(parent, name, file)) && lines(file).join('\n').includes(model))
            found.push(`model ${model}`);
  }
  return found;
}

describe('the folders that a calibration reads', () => {
  const nothing = () => new Uint8Array(data.queries.length);

  it('hold neither left-out families nor held-out questions, nor the left-out group', () => {
    expect(leftOut.families.length).toBeGreaterThan(0);
    expect(leaks(join(workDir, 'home', 'data'), leftOut, nothing())).toEqual([]);
    const group = data.queries.flatMap(({ source }, q) => (source === 0 ? [q] : []));
    const excluded = excludedWith(
      { name: 'all of one', queries: Int32Array.from(group), benchmarks: [] },
      data,
    );
    expect(leaks(join(workDir, 'without-all-of-one', 'data'), leftOut, excluded)).toEqual([]);
    expect(readdirSync(join(workDir, 'without-all-of-one', 'data'))).toEqual(['two']);
  });

  it('would tell of a planted leak', () => {
    const context = { data } as Parameters<typeof writeTrainingData>[0];
    const training = leftOut.query.map((held) => 1 - held);
    const seen = leftOut.subject.map((held) => 1 - held);
    const plant = (name: string, change: () => void) => {
      const [before, known] = [training.slice(), seen.slice()];
      change();
      const parent = join(root, name);
      writeTrainingData(context, parent, training, seen);
      training.set(before);
      seen.set(known);
      return leaks(parent, leftOut, nothing());
    };
    expect(plant('clean', () => undefined)).toEqual([]);
    expect(plant('query', () => (training[leftOut.query.indexOf(1)] = 1))).toHaveLength(1);
    expect(plant('model', () => (seen[leftOut.subject.indexOf(1)] = 1))).toHaveLength(1);
  });

  it('never hand a judged query to profile', () => {
    const parent = join(workDir, 'home', 'newcomers');
    const asked = readdirSync(parent);
    expect(asked.length).toBeGreaterThan(4);
    const held = new Set(data.queries.flatMap(({ id }, q) => (leftOut.query[q] === 1 ? [id] : [])));
    for (const run of asked)
      for (const name of readdirSync(join(parent, run)).filter((entry) => !entry.includes('.')))
        for (const line of readFileSync(join(parent, run, name, 'outcomes.csv'), 'utf8')
          .trim()
          .split('\n'))
          expect(held.has(line.split(',')[0]!)).toBe(false);
  });
});

describe('the report', () => {
  const row = (cell: string, group: string) =>
    report.rows.find((own) => own.cell === cell && own.group === group)!;

  it('is what the schema says, and holds every cell', () => {
    const stored: unknown = JSON.parse(readFileSync(join(outDir, 'report.json'), 'utf8'));
    expect(reportSchema.parse(stored)).toEqual(report);
    expect(new Set(report.summary.map(({ cell }) => cell))).toEqual(
      new Set(['id', 'unseen', 'ood', 'unseen-ood']),
    );
    expect(report.notes).toEqual([]);
    expect(report.groups.map(({ name }) => name)).toEqual(['all of one']);
  });

  it('judges seen and left-out models on exactly the held-out queries', () => {
    for (const [source, name] of ['one', 'two'].entries()) {
      const held = data.queries.filter(
        (query, q) => query.source === source && leftOut.query[q] === 1,
      ).length;
      const left = data.subjects.filter(
        (subject, s) => subject.source === source && leftOut.subject[s] === 1,
      ).length;
      expect(row('id', name)).toMatchObject({ queries: held, models: MODELS.length - left });
      expect(row('unseen', name)).toMatchObject({ queries: held, models: left });
    }
  });

  it('foretells what is plain from the text, better than every model’s mean', () => {
    for (const { cell, methods, logLoss } of report.summary.filter(
      ({ cell: own }) => own === 'id' || own === 'unseen',
    )) {
      expect([cell, methods['zerorouter']!.auc! > 0.65]).toEqual([cell, true]);
      const mean = logLoss.find(({ family }) => family === 'model-mean')!;
      expect([cell, mean.value < 0]).toEqual([cell, true]);
      expect(mean.interval![0]).toBeLessThan(mean.value);
      expect(mean.interval![1]).toBeGreaterThan(mean.value);
    }
  });

  it('judges a model of a data set that was left out whole by its other subjects', () => {
    const seen = data.subjects.filter(
      ({ source }, s) => source === 0 && leftOut.subject[s] === 0,
    ).length;
    expect(row('ood', 'all of one').models).toBe(seen);
  });

  it('onboards left-out models in three ways where the group is new', () => {
    const arms = new Set(
      report.rows
        .filter(({ cell }) => cell === 'unseen-ood')
        .map(({ arm }) => arm!.replace(/\d+/, 'N')),
    );
    expect(arms).toEqual(
      new Set([
        'N anchors from the left-out group',
        'N anchors from known benchmarks',
        'zero-shot: N uncalibrated anchors, judged elsewhere',
      ]),
    );
  });

  it('draws onboarding curves that end better than they begin', () => {
    const curve = report.onboarding.find(
      ({ cell, group }) => cell === 'unseen' && group === 'one',
    )!;
    const at = (series: string, anchors: number) =>
      curve.points.find((point) => point.series === series && point.anchors === anchors)!;
    expect(at('adaptive', 30).accuracyMae).toBeLessThan(at('adaptive', 0).accuracyMae);
    expect(at('model-mean', 30).auc).toBe(0.5);
    expect(at('random', 0)).toEqual({ ...at('adaptive', 0), series: 'random' });
  });

  it('routes within what single models and the oracle allow', () => {
    const routing = report.routing.find(({ cell, group }) => cell === 'id' && group === 'one')!;
    expect(routing.costBasis).toBe('recorded');
    const best = Math.max(...routing.singles.map(({ accuracy }) => accuracy));
    expect(routing.oracle.accuracy).toBeGreaterThanOrEqual(best);
    for (const { aiq, curve, applied } of routing.routers) {
      expect(aiq).toBeLessThanOrEqual(routing.oracle.accuracy);
      for (const { accuracy } of curve)
        expect(accuracy).toBeLessThanOrEqual(routing.oracle.accuracy);
      expect(applied.matchedCost).not.toBeNull();
    }
    const unseen = report.routing.find(({ cell, group }) => cell === 'unseen' && group === 'one')!;
    expect(unseen.models).toHaveLength(MODELS.length);
    const [cost] = routing.costs;
    expect(cost!.method).toBe('zerorouter');
    expect(cost!.totalRatio).toBeGreaterThan(0.7);
    expect(cost!.totalRatio).toBeLessThan(1.4);
  });

  it('spends budgets wherever costs are known', () => {
    for (const { cell, budgets, oracle } of report.routing) {
      expect(budgets).toHaveLength(5);
      for (const { budgetUsd, bulk, utility, ...own } of budgets) {
        expect(bulk.predictedCostUsd).toBeLessThanOrEqual(budgetUsd * (1 + 1e-5));
        expect(bulk.costUsd / bulk.predictedCostUsd).toBeGreaterThan(0.6);
        expect(bulk.costUsd / bulk.predictedCostUsd).toBeLessThan(1.6);
        expect(own.oracle!.accuracy).toBeLessThanOrEqual(oracle.accuracy);
        // Operating points are chosen where training queries of the same models are at hand.
        expect([cell, utility !== null]).toEqual([cell, cell === 'id']);
        expect(own.bulkMinusUtility.value).toBeCloseTo(
          bulk.accuracy - own.bulkMinusUtility.matchedAccuracy,
          4,
        );
      }
    }
    const page = readFileSync(join(outDir, 'report.html'), 'utf8');
    expect(page.match(/<h4>Under a budget<\/h4>/g)).toHaveLength(report.routing.length);
  });

  it('routes among onboarded models beside the same with all of their labels', () => {
    const pools = report.onboardedRouting.filter(({ group }) => group === 'one');
    expect(pools.map(({ cell, pool }) => [cell, pool])).toEqual(
      expect.arrayContaining([
        ['unseen', 'newcomers'],
        ['unseen', 'all'],
      ]),
    );
    for (const { labelled, points, newcomers, models, pool } of pools) {
      expect(newcomers === models).toBe(pool === 'newcomers');
      expect(points.map(({ anchors }) => anchors)).toEqual([30]);
      expect(labelled.labels).toBeGreaterThan(60);
      for (const { aiq, difference } of points)
        expect(aiq - labelled.aiq).toBeCloseTo(difference, 4);
    }
    const page = readFileSync(join(outDir, 'report.html'), 'utf8');
    expect(page).toContain('Onboarded, then routed');
  });

  it('is one page without scripts, that shows hostile names as text', () => {
    const page = readFileSync(join(outDir, 'report.html'), 'utf8');
    expect(page).not.toMatch(/<script|<img|<link|https?:\/\/(?!www\.w3\.org)/);
    expect(page).toContain('evil-&lt;img src=x onerror=alert(1)&gt;&amp;');
    expect(page.match(/<svg /g)!.length).toBeGreaterThan(15);
    expect(page).toContain('details > summary');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('a given space', () => {
  it('is judged as it is: home on its own data, away on others', async () => {
    const judged = await evaluateDataSets({
      options: {
        dataDirs: folders,
        spaceDir: join(workDir, 'without-all-of-one', 'space'),
        protocol: 'all',
        outDir: join(root, 'given'),
        seed: 3,
        anchors: [20],
        fast: true,
      },
      encoder,
      cacheDir: join(root, 'embeddings'),
    });
    const rows = judged.rows.map(({ cell, group }) => `${cell} ${group}`).sort();
    expect(rows).toEqual(['id two', 'ood one', 'unseen two', 'unseen-ood one']);
    // Its own queries are known to the bank and are not judged again.
    const held = data.queries.filter(({ source }, q) => source === 1 && leftOut.query[q] === 1);
    expect(judged.rows.find(({ cell }) => cell === 'id')!.queries).toBeLessThanOrEqual(held.length);
  });
});

describe('bad input', () => {
  const run = (change: object) =>
    evaluateDataSets({
      options: {
        dataDirs: folders,
        protocol: 'id',
        outDir: join(root, 'never'),
        seed: 1,
        ...change,
      },
      encoder,
    });

  it('is refused before anything is computed', async () => {
    await expect(run({ dataDirs: [] })).rejects.toThrow(/--data.*missing/);
    await expect(run({ outDir: folders[0]! })).rejects.toThrow(/is no report/);
    const groups = join(root, 'bad-groups.json');
    writeFileSync(groups, '{"x": ["nowhere/*"]}');
    await expect(run({ groupsFile: groups })).rejects.toThrow(
      /group "x" holds no query.*one\/sums/,
    );
    writeFileSync(groups, '{"x": "one"}');
    await expect(run({ groupsFile: groups })).rejects.toThrow(/is no groups file/);
    expect(existsSync(join(root, 'never'))).toBe(false);
  });
});
