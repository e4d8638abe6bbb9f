import { describe, expect, it } from '@jest/globals';
import { assertSameEncoder, EncoderMismatchError } from './errors.js';

const expected = { id: 'use-lite-int8@1', dimension: 512 };

describe('assertSameEncoder', () => {
  it('accepts the encoder that the space names', () => {
    expect(() => assertSameEncoder(expected, { ...expected })).not.toThrow();
  });

  it('names both encoders and dimensions when it refuses', () => {
    const actual = { id: 'sentence-transformers@0011223344556677', dimension: 384 };
    expect.assertions(3);
    try {
      assertSameEncoder(expected, actual);
    } catch (error) {
      expect(error).toBeInstanceOf(EncoderMismatchError);
      expect(error).toMatchObject({ code: 'encoder_mismatch', expected, actual });
      expect(String(error)).toMatch(/use-lite-int8@1 \(512.*sentence-transformers@0011.* \(384/);
    }
  });

  it('refuses the same name with another dimension', () => {
    expect(() => assertSameEncoder(expected, { ...expected, dimension: 256 })).toThrow(
      EncoderMismatchError,
    );
  });
});
