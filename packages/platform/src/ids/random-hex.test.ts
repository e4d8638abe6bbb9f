import { describe, expect, it } from '@jest/globals';
import { randomHex } from './random-hex.js';

describe('randomHex', () => {
  it('has as many digits as it was asked for, each of which takes all values', () => {
    const drawn = Array.from({ length: 1_000 }, () => randomHex(27));
    for (const digits of [1, 20, 27])
      expect(randomHex(digits)).toMatch(RegExp(`^[0-9a-f]{${digits}}$`));
    for (let place = 0; place < 27; place++)
      // That one of sixteen values never comes in a thousand draws happens once in 10²⁷ times.
      expect(new Set(drawn.map((digits) => digits[place])).size).toBe(16);
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  it('refuses to give more than there are', () => {
    expect(() => randomHex(28)).toThrow(RangeError);
    expect(() => randomHex(NaN)).toThrow(RangeError);
  });
});
