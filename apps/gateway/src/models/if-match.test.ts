import { expect, it } from '@jest/globals';
import { etagOf, parseIfMatch } from './if-match.js';

it('reads the revisions that an If-Match admits', () => {
  expect(parseIfMatch(undefined)).toEqual({});
  expect(parseIfMatch(' * ')).toEqual({});
  expect(parseIfMatch(etagOf(7))).toEqual({ revisions: [7] });
  expect(parseIfMatch('"1" ,"22","abc"')).toEqual({ revisions: [1, 22] });
  // A weak tag never matches where a change depends on it.
  expect(parseIfMatch('W/"1"')).toEqual({ revisions: [] });
  for (const wrong of ['', '7', '"7', '"1" "2"', '"1",', '*, "1"'])
    expect(() => parseIfMatch(wrong)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        details: { errors: [expect.objectContaining({ path: 'if-match' })] },
      }),
    );
});
