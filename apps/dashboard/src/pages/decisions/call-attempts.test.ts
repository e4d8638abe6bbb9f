import { describe, expect, it } from '@jest/globals';
import { describeAttempts } from './call-attempts.js';

const attempt = (model: string, deployment: string, outcome: number | string, ms = 10) => ({
  model,
  deployment,
  outcome,
  ms,
});

describe('describeAttempts', () => {
  it('tells what was tried again, and what it fell back to', () => {
    const rows = describeAttempts({
      model: 'a',
      request: {
        attempts: [
          attempt('a', 'a1', 503),
          attempt('a', 'a2', 'timeout'),
          attempt('b', 'b1', 'over-budget', 0),
          attempt('a', 'a1', 'connect'),
          attempt('c', 'c1', 200),
        ],
        answered_by: 'c',
      },
    });
    expect(rows.map(({ step }) => step)).toEqual([
      'first choice',
      'another deployment',
      'fallback',
      'tried again',
      'fallback',
    ]);
    expect(rows.map(({ outcome }) => outcome)).toEqual([
      'refused with HTTP 503',
      'no first byte in time',
      'not called: too dear for what is left of the key’s budget',
      'no connection',
      'answered',
    ]);
    expect(rows.map(({ ms }) => ms)).toEqual([10, 10, null, 10, 10]);
    expect(rows.map(({ answered }) => answered)).toEqual([false, false, false, false, true]);
  });

  it('has no answer where the last call was refused', () => {
    const request = { attempts: [attempt('a', 'a1', 400)], answered_by: null };
    expect(describeAttempts({ model: 'a', request })).toMatchObject([
      { answered: false, status: 400, outcome: 'refused with HTTP 400' },
    ]);
  });

  it('calls it a fallback where the chosen model was not even asked', () => {
    const request = { attempts: [attempt('b', 'b1', 200)], answered_by: 'b' };
    expect(describeAttempts({ model: 'a', request })).toMatchObject([{ step: 'fallback' }]);
  });

  it('is empty for a decision without a call', () => {
    expect(describeAttempts({ model: 'a', request: { characters: 9 } })).toEqual([]);
  });
});
