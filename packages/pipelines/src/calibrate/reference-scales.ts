import type { SpaceManifest } from '@zerorouter/contracts';
import { scoreModel } from '@zerorouter/latent-space';
import type { SpaceFolder } from '../space/space-folder.js';
import type { MergedOutcomes } from './merge-data-sets.js';

/** Scales of the utility where nothing is known: a tenth of a cent, five seconds. */
const DEFAULT_SCALES = { c_ref: 1e-3, T_ref: 5 };

/** What a typical call costs and takes: the median over subjects on the median query. */
export function referenceScales(
  merged: MergedOutcomes,
  logOutputTokens: Float32Array,
  subjects: SpaceFolder['subjects'],
): SpaceManifest['referenceScales'] {
  const dimensions = subjects[0]!.ability.mean.length;
  const typical = {
    discrimination: new Array<number>(dimensions).fill(0),
    difficulty: 0,
    difficultyVariance: 0,
    logOutputTokens: median(Array.from(logOutputTokens))!,
    inputTokens: median(Array.from(merged.inputEstimate))!,
  };
  const calls = subjects.map((subject) => scoreModel(typical, subject));
  const known = (values: (number | null)[]) =>
    median(values.filter((value) => value !== null && value > 0) as number[]);
  return {
    c_ref: known(calls.map((call) => call.costUsd)) ?? DEFAULT_SCALES.c_ref,
    T_ref: known(calls.map((call) => call.latencyS)) ?? DEFAULT_SCALES.T_ref,
  };
}

function median(values: number[]): number | null {
  if (values.length === 0) return null;
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
