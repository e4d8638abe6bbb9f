import { describe, expect, it } from '@jest/globals';
import type { RunStart, StoredAnswerFields } from './stored-run.js';
import { continueRun, isConcluded, startRun } from './stored-run.js';

const anchor = (id: string) => ({
  id,
  text: 'How much is one and one? '.repeat(4),
  domain: 'arithmetic',
  discrimination: [1, 0.5],
  difficulty: 0,
  difficultyVariance: 0.5,
  logOutputTokens: 5,
});

const start: RunStart = {
  name: 'acme/new-8b',
  sizeB: null,
  prices: { input_per_mtok: 1, output_per_mtok: 4 },
  subjects: [
    { model: 'sample/a', ability: { mean: [0.5, 0], covariance: [1, 0, 0, 1] } },
    { model: 'sample/b', ability: { mean: [-0.5, 0], covariance: [1, 0, 0, 1] } },
  ],
  lengthPrior: { mean: 0, variance: 0.4, residualVariance: 0.3 },
  anchors: ['a', 'b', 'c'].map(anchor),
  seed: 1,
  maxAnchors: 3,
  targetDeviation: null,
  maxTokens: 500,
};

const row = (anchorId: string, more: Partial<StoredAnswerFields> = {}): StoredAnswerFields => ({
  anchorId,
  heldOut: false,
  score: null,
  gradable: null,
  inputTokens: null,
  outputTokens: null,
  ttftMs: null,
  totalMs: null,
  costUsd: null,
  error: null,
  ...more,
});

describe('startRun', () => {
  it('knows what metadata tell, and what anchors cost only where the design may weigh it', () => {
    const { state, metadata } = startRun(start);
    expect(state).toMatchObject({ asked: [], outcomes: [], prior: metadata.ability });
    expect(state.anchors[0]).toMatchObject({ id: 'a', inputTokens: 25, mostInputTokens: 164 });
    expect(state.costs).toHaveLength(3);
    expect(metadata.cost).toMatchObject({ kind: 'prices', inputPerMtok: 1 });
    expect(startRun({ ...start, maxTokens: null }).state.costs).toBeUndefined();
    expect(startRun({ ...start, prices: null }).state.costs).toBeUndefined();
  });

  it('refuses an anchor without coordinates, by name', () => {
    const anchors = [anchor('a'), { ...anchor('lost'), difficulty: null }];
    expect(() => startRun({ ...start, anchors })).toThrow(/"lost"/);
  });
});

describe('continueRun', () => {
  it('takes planned anchors as asked, and as outcomes those with a score or an error', () => {
    const rows = [row('c', { score: 1, gradable: true }), row('a', { error: 'timeout' }), row('b')];
    const state = continueRun(startRun(start).state, rows);
    expect(state.asked.map((asked) => asked.anchor)).toEqual([2, 0, 1]);
    expect(state.outcomes).toMatchObject([
      { anchor: 2, score: 1, gradable: true },
      { anchor: 0, score: null, gradable: false, error: 'timeout' },
    ]);
    expect(rows.map(isConcluded)).toEqual([true, true, false]);
  });
});
