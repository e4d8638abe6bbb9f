import { describe, expect, it } from '@jest/globals';
import { addRun, closingLine, emptyTotals, readRun } from '../../scripts/test-totals.mjs';

const report = (tests: [string, string][], status = 'passed') =>
  JSON.stringify({
    testResults: [
      {
        name: 'a.test.ts',
        status,
        assertionResults: tests.map(([fullName, result]) => ({ fullName, status: result })),
      },
    ],
  });

describe('the closing line of npm test', () => {
  it('sums all runs, and takes a run or a suite that broke for a failure', () => {
    const totals = emptyTotals();
    addRun(
      totals,
      readRun(
        'unit',
        report([
          ['a', 'passed'],
          ['b', 'failed'],
          ['c', 'pending'],
        ]),
      ),
    );
    addRun(
      totals,
      readRun(
        'e2e',
        report([
          ['a', 'passed'],
          ['d', 'todo'],
        ]),
      ),
    );
    addRun(totals, readRun('e2e', report([], 'failed')));
    addRun(totals, readRun('e2e', null));
    expect(closingLine(totals)).toBe('2 passed, 3 failed, 2 skipped');
    expect(totals.failed).toEqual([
      'b',
      'a.test.ts: the suite did not run',
      'e2e: jest ended without a report',
    ]);
  });
});
