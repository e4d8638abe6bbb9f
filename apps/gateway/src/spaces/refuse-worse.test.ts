import { describe, expect, it } from '@jest/globals';
import type { RecalibrationFigures, SpaceManifest } from '@zerorouter/contracts';
import { refuseWorse } from './refuse-worse.js';

const manifest = (heldOut: SpaceManifest['heldOut'], dataSet = 'sums'): SpaceManifest => ({
  format: 1,
  version: 'space-draft',
  dimensions: 1,
  encoder: { id: 'use-lite-int8', dimension: 512 },
  counts: { queries: 1, items: 1, subjects: 1, outcomes: 1 },
  provenance: { dataSets: [{ name: dataSet }], seed: 1 },
  heldOut,
  referenceScales: { c_ref: 1, T_ref: 1 },
  lengthPrior: null,
  predictor: { features: 1 },
});

const recalibrated = (logLoss: number, auc: [number, number]): SpaceManifest => {
  const recalibration: RecalibrationFigures = {
    anchorSet: 'chores',
    models: 4,
    anchors: 60,
    answers: 240,
    folds: 5,
    before: { logLoss: 0.6, auc: 0.7 },
    after: { logLoss, auc: 0.69 },
    change: {
      logLoss: { value: logLoss - 0.6, interval: [-0.1, 0.1] },
      auc: { value: -0.01, interval: auc },
    },
  };
  return manifest({ logLoss: 0.5, recalibration });
};

const WORSE = expect.objectContaining({ code: 'worse-than-active' });

describe('refuseWorse', () => {
  it('judges a recalibration by its own comparison', () => {
    expect(() => refuseWorse(recalibrated(0.6, [-0.1, 0.1]), null)).not.toThrow();
    expect(() => refuseWorse(recalibrated(0.6001, [-0.1, 0.1]), null)).toThrow(WORSE);
    expect(() => refuseWorse(recalibrated(0.5, [-0.1, -0.01]), null)).toThrow(WORSE);
    // The figures of the calibration that it inherits say nothing of it.
    expect(() =>
      refuseWorse(recalibrated(0.5, [-0.1, 0.1]), manifest({ logLoss: 0.4 })),
    ).not.toThrow();
    expect(() => refuseWorse(recalibrated(0.7, [-0.1, 0.1]), null)).toThrow(
      /log-loss 0\.7 against 0\.6 .*"chores".*"force": true/,
    );
  });

  it('compares calibrations of the same data, and no others', () => {
    const draft = manifest({ logLoss: 0.5 });
    expect(() => refuseWorse(draft, manifest({ logLoss: 0.49 }))).toThrow(WORSE);
    expect(() => refuseWorse(draft, manifest({ logLoss: 0.5 }))).not.toThrow();
    expect(() => refuseWorse(draft, manifest({ logLoss: 0.49 }, 'proofs'))).not.toThrow();
    expect(() => refuseWorse(draft, manifest({}))).not.toThrow();
    expect(() => refuseWorse(draft, null)).not.toThrow();
  });
});
