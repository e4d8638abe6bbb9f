/** Names of what passed, failed and was skipped in all runs together. */
export function emptyTotals() {
  return { passed: 0, failed: [], skipped: [] };
}

/**
 * What a run did, from the file that jest's --outputFile wrote (null when it wrote none). A suite
 * that could not be loaded, and a run without a report, count as one failure each.
 */
export function readRun(title, report) {
  if (report === null) {
    return { passed: 0, failed: [`${title}: jest ended without a report`], skipped: [], names: [] };
  }
  const run = { passed: 0, failed: [], skipped: [], names: [] };
  for (const suite of JSON.parse(report).testResults) {
    if (suite.assertionResults.length === 0 && suite.status === 'failed') {
      run.failed.push(`${suite.name}: the suite did not run`);
    }
    for (const test of suite.assertionResults) {
      run.names.push(test.fullName);
      if (test.status === 'passed') {
        run.passed += 1;
      } else if (test.status === 'failed') {
        run.failed.push(test.fullName);
      } else {
        run.skipped.push(test.fullName);
      }
    }
  }
  return run;
}

export function addRun(totals, run) {
  totals.passed += run.passed;
  totals.failed.push(...run.failed);
  totals.skipped.push(...run.skipped);
  return run;
}

export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}
