import type { BankItem, ModelProfile, SpaceManifest } from '@zerorouter/contracts';
import type { NewSpace } from '../src/stores/space-store.js';

export function sampleManifest(version: string): SpaceManifest {
  return {
    format: 1,
    version,
    dimensions: 2,
    encoder: { id: 'use-lite-int8', dimension: 512 },
    counts: { queries: 2, items: 2, subjects: 1, outcomes: 2 },
    provenance: { dataSets: [{ name: 'sample', licence: 'CC0' }], seed: 7 },
    heldOut: { auc: 0.75 },
    referenceScales: { c_ref: 0.01, T_ref: 2.5 },
    lengthPrior: { mean: 0.1, variance: 0.4, residualVariance: 0.3 },
    predictor: { features: 24 },
  };
}

export function sampleProfile(model: string, ability = 0.5): ModelProfile {
  return {
    model,
    ability: { mean: [ability, -0.1], covariance: [0.2, 0.01, 0.01, 0.3] },
    length: { offset: 0.1, offsetVariance: 0.02, smearing: 1.2 },
    cost: { kind: 'prices', inputPerMtok: 0.15, outputPerMtok: 0.6, asOf: '2026-01-01' },
    latency: null,
  };
}

export function sampleItem(n: number): BankItem {
  return {
    hash: `hash-${n}`,
    source: n % 2 === 0 ? 'even' : 'odd, "quoted" {braced}',
    discrimination: [1 + n / 7, 0.5],
    difficulty: 1 - n / 3,
    difficultyVariance: 0.25,
  };
}

export function sampleSpace(
  version: string,
  { state = 'draft', items = 3 }: { state?: NewSpace['state']; items?: number } = {},
): NewSpace {
  return {
    manifest: sampleManifest(version),
    predictorOnnx: Uint8Array.from({ length: 300 }, (_, i) => i % 256),
    items: Array.from({ length: items }, (_, n) => sampleItem(n)),
    subjects: [
      { ...sampleProfile('sample/z-model'), meanScore: 0.625, answers: 8 },
      { ...sampleProfile('sample/a-model'), meanScore: 0.5, answers: 2 },
    ],
    state,
  };
}
