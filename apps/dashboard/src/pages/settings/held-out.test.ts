import { expect, it } from '@jest/globals';
import type { Space } from '@zerorouter/contracts';
import { heldOutRows } from './held-out.js';

const rows = (heldOut: Record<string, unknown>) =>
  heldOutRows({ manifest: { heldOut } } as unknown as Pick<Space, 'manifest'>);

it('tells the figures of a calibration, source by source and away from home', () => {
  const figures = { logLoss: 0.5, auc: 0.7, baselineLogLoss: 0.6 };
  expect(
    rows({ ...figures, bySource: { a: figures }, away: { logLoss: 0.55, auc: null } }),
  ).toEqual([
    { on: 'all sources', logLoss: 0.5, baseline: 0.6, auc: 0.7 },
    { on: 'a', logLoss: 0.5, baseline: 0.6, auc: 0.7 },
    { on: 'a source that was left out', logLoss: 0.55, baseline: null, auc: null },
  ]);
  expect(rows({})).toEqual([]);
});

it('tells those of a recalibration beside the space before', () => {
  const recalibration = {
    anchorSet: 'starter',
    models: 3,
    anchors: 20,
    answers: 60,
    folds: 5,
    before: { logLoss: 0.6, auc: 0.6 },
    after: { logLoss: 0.5, auc: 0.7 },
    change: { logLoss: { value: -0.1, interval: null }, auc: null },
  };
  expect(rows({ recalibration, logLoss: 1 })).toEqual([
    { on: '20 held-out anchors', logLoss: 0.5, baseline: 0.6, auc: 0.7 },
  ]);
});
