import { describe, expect, it } from '@jest/globals';
import { readRetryAfter } from './retry-after.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('readRetryAfter', () => {
  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': [' 3 ', '9'] }, 3_000],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '250', 'retry-after': '2' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Sunday, 01-Mar-26 12:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Sun Mar  1 12:00:07 2026 GMT' }, 7_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:59:00 GMT' }, 0],
    [{ 'retry-after': '86400' }, 600_000],
    [{ 'retry-after': 'Mon, 01 Mar 2027 12:00:00 GMT' }, 600_000],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': 'Later, in 5 days' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': '' }, null],
    [{}, null],
  ])('reads %j as %p ms', (headers, ms) => expect(readRetryAfter(headers, NOW)).toBe(ms));
});
