import { describe, expect, it } from '@jest/globals';
import type { DataSet } from '@zerorouter/data-set';
import { modelIdentity } from '../../calibrate/merge-data-sets.js';
import { evaluationData } from '../evaluation-data.js';
import { standIns } from './stand-ins.js';
import { defaultGroups, excludedWith, sameBenchmark } from './benchmark-groups.js';
import { leaveOut } from './leave-out.js';
import { modelFamily } from './model-family.js';

/** Every model answers every query of the data set. */
function dataSet(
  name: string,
  models: string[],
  queries: { id: string; benchmark: string; text: string }[],
): DataSet {
  const cells = models.length * queries.length;
  const blank = () => new Float64Array(cells).fill(NaN);
  return {
    name,
    queries,
    outcomes: {
      models,
      query: Int32Array.from({ length: cells }, (_, c) => c % queries.length),
      model: Int32Array.from({ length: cells }, (_, c) => Math.floor(c / queries.length)),
      score: new Float64Array(cells).map((_, c) => c % 2),
      inputTokens: blank(),
      outputTokens: blank(),
      costUsd: blank(),
      latencyS: blank(),
      outputChars: blank(),
    },
    modelInfo: new Map(),
  };
}

const questions = (source: string, benchmark: string, count: number, word: string) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${source}-${benchmark}-${i}`,
    benchmark,
    text: `Which ${word} number ${i} is asked about here, in ${benchmark}?`,
  }));

describe('modelFamily', () => {
  const family = (name: string) => modelFamily(modelIdentity(`any/${name}`));

  it.each([
    ['gpt-4o-2024-05-13-FC', 'gpt'],
    ['o1-mini', 'gpt'],
    ['gpt-3.5-turbo-0125', 'gpt'],
    ['Meta-Llama-3.1-8B-Instruct', 'llama'],
    ['meta-llama_Meta-Llama-3-70B-Instruct', 'llama'],
    ['Llama-3.1-405B-Inst@sambanova', 'llama'],
    ['open-mixtral-8x22b-FC-Any', 'mistral'],
    ['mistralai/mistral-7b-chat', 'mistral'],
    ['codegemma-7b', 'gemma'],
    ['c4ai-command-r-v01', 'command'],
    ['NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO', 'hermes'],
    ['Phi-3.5-mini-instruct', 'phi'],
    ['Athene-70B', 'athene'],
    ['Rex-v0.1-1.5B', 'rex'],
  ])('%s is of the family %s', (name, expected) => expect(family(name)).toBe(expected));
});

describe('leaveOut', () => {
  const models = [
    'gpt-4',
    'gpt-3.5',
    'claude-2',
    'qwen-7b',
    'qwen-72b',
    'phi-3',
    'solar-1',
    'glm-4',
  ];
  const shared = {
    id: 'twin',
    benchmark: 'b',
    text: 'What is the capital of France?\nA. Paris\nB. Rome',
  };
  const reformatted = {
    ...shared,
    id: 'twin2',
    text: 'What is the capital of France?\n(A) Paris\n(B) Lyon',
  };
  const data = evaluationData([
    dataSet('one', models, [...questions('one', 'b', 80, 'river'), shared]),
    dataSet(
      'two',
      ['maker/gpt-4', 'claude-2', 'phi-3', 'yi-34b', 'solar-1'],
      [...questions('two', 'c', 60, 'hill'), reformatted],
    ),
  ]);

  it('leaves out whole families, about a fifth of each data set and never two fifths', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { families, subject } = leaveOut(data, seed);
      expect(families.length).toBeGreaterThan(0);
      data.subjects.forEach(({ family }, s) =>
        expect(subject[s]).toBe(families.includes(family) ? 1 : 0),
      );
      for (const source of [0, 1]) {
        const own = data.subjects.flatMap((one, s) => (one.source === source ? [s] : []));
        const left = own.filter((s) => subject[s] === 1).length;
        expect(left / own.length).toBeLessThanOrEqual(0.4);
        expect(left).toBeGreaterThan(0);
      }
    }
  });

  it('keeps one question in two formats on one side', () => {
    const place = (id: string) => data.queries.findIndex((query) => query.id === id);
    const sides = new Set<number>();
    for (let seed = 1; seed <= 30; seed++) {
      const { query } = leaveOut(data, seed);
      expect(query[place('twin')]).toBe(query[place('twin2')]);
      sides.add(query[place('twin')]!);
      const held = query.reduce((sum, out) => sum + out, 0);
      expect(Math.abs(held / query.length - 0.2)).toBeLessThan(0.02);
    }
    expect(sides.size).toBe(2);
  });

  it('is the same for the same seed', () => {
    expect(leaveOut(data, 7)).toEqual(leaveOut(data, 7));
    expect(leaveOut(data, 7)).not.toEqual(leaveOut(data, 8));
  });
});

describe('benchmark groups', () => {
  const data = evaluationData([
    dataSet(
      'big',
      ['gpt-4', 'claude-2'],
      [
        ...questions('big', 'algebra', 120, 'x'),
        ...questions('big', 'geometry', 120, 'x'),
        ...questions('big', 'history', 120, 'x'),
        ...questions('big', 'law', 120, 'x'),
      ],
    ),
    dataSet(
      'small',
      ['maker/gpt-4', 'phi-3'],
      [
        ...questions('small', 'Algebra-L5', 50, 'y'),
        ...questions('small', 'chess', 50, 'y'),
        { id: 'copy', benchmark: 'chess', text: questions('big', 'law', 1, 'x')[0]!.text },
      ],
    ),
  ]);
  // Two directions: numbers and words.
  const embeddings = Float32Array.from(
    data.queries.flatMap(
      ({ benchmark }) =>
        ({
          algebra: [1, 0.1],
          geometry: [0.9, 0],
          history: [0, 1],
          law: [0.1, 0.9],
        })[benchmark] ?? [0.7, 0.7],
    ),
  );

  it('cuts the largest data set between its unlike tasks', () => {
    const groups = defaultGroups(data, embeddings, 2, 3);
    expect(groups.map(({ benchmarks }) => [...benchmarks].sort())).toEqual([
      ['big/algebra', 'big/geometry'],
      ['big/history', 'big/law'],
      ['small/Algebra-L5', 'small/chess'],
    ]);
    expect(groups[0]!.name).toBe('big: algebra, geometry');
    expect(groups[2]!.name).toBe('small');
    const all = groups.flatMap(({ queries }) => Array.from(queries)).sort((a, b) => a - b);
    expect(all).toEqual(data.queries.map((_, q) => q));
  });

  it('stops where a cut would leave too little', () => {
    expect(defaultGroups(data, embeddings, 2, 50)).toHaveLength(5);
  });

  it('leaves out the same question and the same benchmark elsewhere too', () => {
    const groups = defaultGroups(data, embeddings, 2, 3);
    const excluded = (group: number) =>
      data.queries.filter((_, q) => excludedWith(groups[group]!, data)[q] === 1);
    const numbers = new Set(excluded(0).map(({ benchmark }) => benchmark));
    expect(numbers).toEqual(new Set(['algebra', 'geometry', 'Algebra-L5']));
    const words = excluded(1);
    expect(words).toHaveLength(241);
    expect(words.at(-1)!.id).toBe('copy');
  });

  it('compares benchmark names by their first words', () => {
    expect(sameBenchmark('MATH-L5', 'math')).toBe(true);
    expect(sameBenchmark('ARC-Challenge', 'arc_challenge')).toBe(true);
    expect(sameBenchmark('natural_qa', 'trivia_qa')).toBe(false);
    expect(sameBenchmark('MMLU-Redux', 'MMLU-Pro/law')).toBe(false);
    expect(sameBenchmark('', 'math')).toBe(false);
  });

  it('lets the same model’s other subjects stand for one that was not learnt', () => {
    const [group] = defaultGroups(data, embeddings, 2, 1);
    const training = Uint8Array.from(data.queries, ({ source }) => (source === 1 ? 1 : 0));
    const seen = new Uint8Array(4).fill(1);
    expect(group).toBeDefined();
    // big/gpt-4 by small/maker/gpt-4; big/claude-2 by nobody; small's by themselves.
    expect([0, 1, 2, 3].map((s) => standIns(data, s, training, seen))).toEqual([[2], [], [2], [3]]);
  });
});
