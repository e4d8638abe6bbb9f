import type { Random } from '@zerorouter/latent-space';
import type { BulkInstance } from '../bulk/bulk-instance.js';

export interface BulkShape {
  readonly queries: number;
  readonly models: number;
  /** Share of cells that are not eligible, of unknown cost and of unknown latency. */
  readonly missing?: number;
  /** Round probabilities to tenths and costs to whole cents, some of them free. */
  readonly ties?: boolean;
}

/** Models of rising ability and price against queries of varied difficulty and length. */
export function simulateBulk(shape: BulkShape, random: Random): BulkInstance {
  const { queries, models, missing = 0, ties = false } = shape;
  const ability = Array.from(
    { length: models },
    (_, m) => -1 + (2.5 * m) / Math.max(1, models - 1) + 0.3 * random.normal(),
  );
  const priceUsd = ability.map((theta) => Math.exp(1.2 * theta + 0.5 * random.normal() - 7));
  const cells = queries * models;
  const instance = {
    queries,
    models,
    probability: new Float64Array(cells),
    costUsd: new Float64Array(cells),
    latencyS: new Float64Array(cells),
  };
  for (let i = 0; i < queries; i++) {
    const difficulty = 1.5 * random.normal();
    const length = Math.exp(0.5 * random.normal());
    // One model of every query is spared, so that most random requests can be met.
    const spared = random.integer(models);
    for (let m = 0; m < models; m++) {
      const cell = i * models + m;
      const p = 1 / (1 + Math.exp(difficulty - ability[m] - 0.7 * random.normal()));
      const cost = priceUsd[m] * length * Math.exp(0.2 * random.normal());
      const lost = () => m !== spared && random.uniform() < missing;
      instance.probability[cell] = lost() ? NaN : ties ? Math.round(10 * p) / 10 : p;
      instance.costUsd[cell] = lost() ? NaN : ties ? Math.floor(1000 * cost) / 100 : cost;
      instance.latencyS[cell] = lost() ? NaN : length * Math.exp(0.5 * random.normal());
    }
  }
  return instance;
}

/** Σ over queries of the least and of the most that an eligible model of known cost asks. */
export function costRange({ queries, models, probability, costUsd }: BulkInstance): {
  least: number;
  most: number;
} {
  let least = 0;
  let most = 0;
  for (let i = 0; i < queries; i++) {
    const known = Array.from({ length: models }, (_, m) => i * models + m)
      .filter((cell) => !Number.isNaN(probability[cell] + costUsd[cell]))
      .map((cell) => costUsd[cell]);
    least += Math.min(...known);
    most += Math.max(...known);
  }
  return { least, most };
}
