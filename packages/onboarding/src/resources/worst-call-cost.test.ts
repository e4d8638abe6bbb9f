import { describe, expect, it } from '@jest/globals';
import { mostInputTokens, worstCallCost } from './worst-call-cost.js';

const prices = { input_per_mtok: 3, output_per_mtok: 15 };

describe('worstCallCost', () => {
  it('charges all the input and the longest answer', () => {
    expect(worstCallCost({ inputTokens: 1_000, maxTokens: 2_000, prices })).toBeCloseTo(0.033, 12);
  });
});

describe('mostInputTokens', () => {
  it.each(['plain text', 'Größe ≥ 3 µm', '漢字かな', 'a 🦊 ran', '\ud800 alone', ''])(
    'is no less than the bytes of %j',
    (text) => expect(mostInputTokens(text) - 64).toBe(Buffer.byteLength(text, 'utf8')),
  );
});
