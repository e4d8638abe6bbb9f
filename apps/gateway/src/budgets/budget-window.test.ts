import { expect, it } from '@jest/globals';
import { windowAt } from './budget-window.js';

it.each([
  ['hour', '2028-02-29T23:59:59.999Z', '2028-02-29T23:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ['day', '2028-02-28T00:00:00.000Z', '2028-02-28T00:00:00.000Z', '2028-02-29T00:00:00.000Z'],
  ['month', '2027-12-31T12:00:00.000Z', '2027-12-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'],
] as const)('a %s around %s', (period, at, start, end) => {
  expect(windowAt(period, Date.parse(at))).toEqual({
    period,
    startMs: Date.parse(start),
    endMs: Date.parse(end),
  });
});
