import { describe, expect, it } from '@jest/globals';
import { faultMatrix } from '../../scripts/fault-matrix.mjs';

describe('the fault matrix', () => {
  it('has a row for each test, with what it told and how it ended', () => {
    const told = [
      { test: 'a pause', seen: '503', counts: { refused: 8, healed_ms: 12 } },
      { test: 'a pause', seen: 'then answers', counts: {} },
      { test: 'a crash', seen: 'a | b', counts: { lost: 1 } },
    ];
    const run = {
      passed: 1,
      names: ['a pause', 'a crash', 'no disk'],
      failed: ['a crash'],
      skipped: ['no disk'],
    };
    const lines = told.map((line) => JSON.stringify(line)).join('\n');
    expect(faultMatrix([{ backend: 'Redis', run, told: `${lines}\n` }]).split('\n')).toEqual([
      '| queues | fault | seen | counts |',
      '| --- | --- | --- | --- |',
      '| Redis | a pause | held: 503: then answers | refused 8, healed_ms 12 |',
      '| Redis | a crash | FAILED: a \\| b | lost 1 |',
      '| Redis | no disk | SKIPPED |  |',
    ]);
  });
});
