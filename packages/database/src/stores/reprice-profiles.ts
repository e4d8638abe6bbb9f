import { isDeepStrictEqual } from 'node:util';
import { listPriceCost, type ModelPrices, type ModelProfile } from '@zerorouter/contracts';
import type { Transaction } from '../connection.js';
import { fromJson } from '../json.js';
import { addVersion } from './profile-rows.js';

/**
 * A new version of each of the model's profiles whose cost comes from prices or is unknown; a cost that
 * was fitted to calls stays. Without prices such a cost becomes unknown.
 */
export async function repriceProfiles(
  transaction: Transaction,
  modelId: string,
  prices: ModelPrices | null,
): Promise<void> {
  for (const row of await transaction.modelProfile.findMany({ where: { modelId } })) {
    const profile = fromJson<ModelProfile>(row.profile);
    if (profile.cost?.kind === 'linear') continue;
    // How the model counts input tokens was measured, and does not change with its prices.
    const cost = prices === null ? null : listPriceCost(prices, profile.cost?.inputCount);
    if (!isDeepStrictEqual(cost, profile.cost))
      await addVersion(transaction, row, row.version + 1, { ...profile, cost });
  }
}
