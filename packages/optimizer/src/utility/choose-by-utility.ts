import type { BulkInstance } from '../bulk/bulk-instance.js';
import type { ReferenceScales, UtilityWeights } from './utility.js';
import { nearTieToll, standIn } from './utility.js';

/**
 * What `decideByUtility` chooses for each query of a bulk, without objects per row.
 * @returns the model of each query; −1 where none is eligible.
 */
export function chooseByUtility(
  instance: BulkInstance,
  weights: UtilityWeights,
  scales: ReferenceScales,
): Int32Array {
  const { queries, models, probability, costUsd, latencyS } = instance;
  const choice = new Int32Array(queries).fill(-1);
  const row = new Float64Array(models);
  for (let i = 0; i < queries; i++) {
    const unknownCost = unknownOf(costUsd, i, instance, scales.costUsd, row);
    const unknownLatency = unknownOf(latencyS, i, instance, scales.latencyS, row);
    let best = -Infinity;
    for (let m = 0; m < models; m++) {
      const cell = i * models + m;
      if (Number.isNaN(probability[cell])) continue;
      const cost = Number.isNaN(costUsd[cell]) ? unknownCost : costUsd[cell];
      const latency = Number.isNaN(latencyS[cell]) ? unknownLatency : latencyS[cell];
      const merit =
        weights.accuracy * probability[cell] +
        (-weights.cost * cost) / scales.costUsd +
        (-weights.latency * latency) / scales.latencyS -
        nearTieToll(cost, scales);
      if (merit > best) {
        best = merit;
        choice[i] = m;
      }
    }
  }
  return choice;
}

function unknownOf(
  values: Float64Array,
  query: number,
  { models, probability }: BulkInstance,
  reference: number,
  row: Float64Array,
): number {
  let known = 0;
  let unknown = 0;
  for (let cell = query * models; cell < (query + 1) * models; cell++) {
    if (Number.isNaN(probability[cell])) continue;
    if (Number.isNaN(values[cell])) unknown++;
    else row[known++] = values[cell];
  }
  return unknown === 0 ? reference : standIn(row.subarray(0, known), reference);
}
