import { describe, expect, it } from '@jest/globals';
import type { MergedOutcomes } from './merge-data-sets.js';
import { screenItemBank } from './screen-item-bank.js';

/** Forty subjects from weak to strong; per item, whether the strong or the weak get it right. */
function outcomes(rightWhenStrong: readonly boolean[], hash: string[]): MergedOutcomes {
  const subjects = Array.from({ length: 40 }, (_, s) => `source/model-${s}`);
  const item: number[] = [];
  const subject: number[] = [];
  const score: number[] = [];
  rightWhenStrong.forEach((strong, row) => {
    for (let s = 0; s < 40; s++) {
      item.push(row);
      subject.push(s);
      // Every fifth answer goes the other way: no item separates the models perfectly.
      score.push((s >= 20 === strong) !== (s % 5 === 0) ? 1 : 0);
    }
  });
  return {
    texts: hash,
    source: hash.map(() => 'source'),
    inputEstimate: new Float64Array(hash.length).fill(10),
    benchmark: new Int32Array(hash.length),
    hash,
    stemGroup: new Int32Array(hash.length),
    subjects,
    subjectGroup: Int32Array.from(subjects, (_, s) => s),
    modelInfo: subjects.map(() => undefined),
    cells: {
      items: hash.length,
      subjects: 40,
      item: Int32Array.from(item),
      subject: Int32Array.from(subject),
      score: Float64Array.from(score),
    },
    logTokens: new Float64Array(item.length).fill(NaN),
    inputTokens: new Float64Array(item.length).fill(NaN),
    costUsd: new Float64Array(item.length).fill(NaN),
    latencyS: new Float64Array(item.length).fill(NaN),
  };
}

const bankItem = (hash: string) => ({
  hash,
  source: 'source',
  discrimination: [1],
  difficulty: 0,
  difficultyVariance: 0.1,
});

describe('screenItemBank', () => {
  const abilities = Float32Array.from({ length: 40 }, (_, s) => (s - 19.5) / 11);

  it('drops and reports the items that better models fail', () => {
    const merged = outcomes([true, false, true], ['a', 'b', 'c']);
    const { items, report } = screenItemBank(merged, ['a', 'b', 'c'].map(bankItem), abilities, {
      general: 1,
      facets: 0,
    });
    expect(items.map(({ hash }) => hash)).toEqual(['a', 'c']);
    expect(report.bySource['source']).toMatchObject({
      items: 3,
      negative: 1,
      negativeShare: 0.3333,
    });
    expect(Object.keys(report.subjects)).toHaveLength(40);
    expect(report.subjects['source/model-0']!.answers).toBe(3);
  });

  it('pools the answers to one text, and leaves texts outside the bank alone', () => {
    const merged = outcomes([false, false, true], ['a', 'a', 'z']);
    const { items, report } = screenItemBank(merged, [bankItem('a')], abilities, {
      general: 1,
      facets: 0,
    });
    expect(items).toEqual([]);
    expect(report.all).toMatchObject({ items: 1, negative: 1 });
    expect(report.subjects['source/model-7']!.answers).toBe(2);
  });
});
