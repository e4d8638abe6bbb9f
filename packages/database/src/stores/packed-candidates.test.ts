import { describe, expect, it } from '@jest/globals';
import { asStored, packCandidates, unpackCandidates } from './packed-candidates.js';

const candidate = {
  model: 'a',
  p_correct: 0.75,
  interval: [0.5, 0.875] as [number, number],
  cost_usd: null,
  latency_ms: 20,
  output_tokens: 3,
  utility: 0.1,
};
const other = { ...candidate, model: 'b', cost_usd: 1.25e-6, utility: null, excluded: 'too dear' };
const VERSIONS = { a: 3, c: 1, b: 2 };

describe('packed candidates', () => {
  it('come back as they were, in their order', () => {
    const packed = packCandidates([other, candidate], VERSIONS);
    expect(unpackCandidates(packed, VERSIONS)).toStrictEqual([other, candidate]);
    expect(JSON.parse(JSON.stringify(packed))).toStrictEqual(packed);
  });

  it('names their models by the profile versions beside them', () => {
    const { models } = packCandidates([other, candidate], VERSIONS);
    expect(models).toBe(Buffer.from(Uint16Array.of(2, 0).buffer).toString('base64'));
  });

  it('writes the names out where a model is not among those', () => {
    const packed = packCandidates([other, candidate], { a: 3 });
    expect(packed.models).toEqual(['b', 'a']);
    expect(unpackCandidates(packed, { a: 3 })).toStrictEqual([other, candidate]);
  });

  it('may be none', () => {
    expect(unpackCandidates(packCandidates([], VERSIONS), VERSIONS)).toEqual([]);
  });

  it('take a third of their JSON', () => {
    const versions = Object.fromEntries(
      Array.from({ length: 88 }, (_, i) => [`provider/model-${i}-instruct`, 1]),
    );
    const many = Object.keys(versions).map((model, i) => ({
      ...candidate,
      model,
      p_correct: Math.sqrt((i + 1) / 100),
      interval: [Math.sqrt(i / 100), Math.sqrt((i + 2) / 100)] as [number, number],
      cost_usd: Math.sqrt(i) * 1e-5,
      utility: Math.sqrt(i) / 10,
    }));
    const size = (value: unknown) => JSON.stringify(value).length;
    expect(size(packCandidates(many, versions))).toBeLessThan(size(asStored(many)) / 3);
  });

  it('keeps 6 significant digits, over the range of a float32', () => {
    for (let exponent = -37; exponent <= 38; exponent++) {
      const value = 1.23456789 * 10 ** exponent;
      for (const signed of [value, -value]) {
        const [kept] = asStored([{ ...candidate, utility: signed }]);
        expect(kept!.utility).toBe(Number(signed.toPrecision(6)));
      }
    }
    expect(asStored([{ ...candidate, utility: -1e300 }])[0]!.utility).toBe(-3.40282e38);
    expect(asStored([{ ...candidate, utility: 0 }])[0]!.utility).toBe(0);
  });

  it('keeps probabilities off 0 and 1', () => {
    const [low, high] = asStored([
      { ...candidate, p_correct: 1e-6 },
      { ...candidate, p_correct: 1 - 1e-6 },
    ]);
    expect(low?.p_correct).toBe(1e-6);
    expect(high?.p_correct).toBe(1 - 1e-6);
  });

  it('reads what was stored before: a list a field, by index where only some have it', () => {
    const before = {
      count: 2,
      fields: {
        model: ['a', 'b'],
        p_correct: [0.75, 0.75],
        interval: [
          [0.5, 0.875],
          [0.5, 0.875],
        ],
        cost_usd: [null, 1.25e-6],
        latency_ms: [20, 20],
        output_tokens: [3, 3],
        utility: [0.1, null],
        excluded: { 1: 'too dear' },
      },
    };
    expect(unpackCandidates(before, VERSIONS)).toStrictEqual([candidate, other]);
  });
});
