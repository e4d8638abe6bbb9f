import { describe, expect, it } from '@jest/globals';
import { fromColumns, toColumns } from './candidate-columns.js';

const candidate = {
  model: 'a',
  p_correct: 0.75,
  interval: [0.5, 0.875] as [number, number],
  cost_usd: null,
  latency_ms: 20,
  output_tokens: 3,
  utility: 0.5,
};

describe('candidate columns', () => {
  it('stores a field that all have as a list, one that some have by index', () => {
    const other = { ...candidate, model: 'b', excluded: 'too dear' };
    const columns = toColumns([candidate, other]);
    expect(columns).toEqual({
      count: 2,
      fields: {
        model: ['a', 'b'],
        p_correct: [0.75, 0.75],
        interval: [
          [0.5, 0.875],
          [0.5, 0.875],
        ],
        cost_usd: [null, null],
        latency_ms: [20, 20],
        output_tokens: [3, 3],
        utility: [0.5, 0.5],
        excluded: { 1: 'too dear' },
      },
    });
    expect(fromColumns(columns)).toStrictEqual([candidate, other]);
  });

  it('stores none', () => {
    expect(fromColumns(toColumns([]))).toEqual([]);
  });

  it('keeps 6 significant digits, over the whole range of doubles', () => {
    for (let exponent = -300; exponent <= 300; exponent += 5) {
      const value = 1.23456789 * 10 ** exponent;
      for (const signed of [value, -value]) {
        const [kept] = toColumns([{ ...candidate, utility: signed }]).fields['utility'] as number[];
        expect(kept).toBe(Number(signed.toPrecision(6)));
      }
    }
  });

  it('keeps probabilities off 0 and 1', () => {
    const [low, high] = fromColumns(
      toColumns([
        { ...candidate, p_correct: 1e-6 },
        { ...candidate, p_correct: 1 - 1e-6 },
      ]),
    );
    expect(low?.p_correct).toBe(1e-6);
    expect(high?.p_correct).toBe(1 - 1e-6);
  });
});
