import { isDeepStrictEqual } from 'node:util';
import type { ModelPrices, ModelProfile } from '@zerorouter/contracts';
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
    const cost = prices === null ? null : toCost(prices, profile.cost);
    if (!isDeepStrictEqual(cost, profile.cost))
      await addVersion(transaction, row, row.version + 1, { ...profile, cost });
  }
}

/** How the model counts input tokens was measured, and does not change with its prices. */
function toCost(prices: ModelPrices, before: ModelProfile['cost']): ModelProfile['cost'] {
  const inputCount = before?.kind === 'prices' ? before.inputCount : undefined;
  return {
    kind: 'prices',
    inputPerMtok: prices.input_per_mtok,
    outputPerMtok: prices.output_per_mtok,
    ...(prices.cached_input_per_mtok === undefined
      ? {}
      : { cachedInputPerMtok: prices.cached_input_per_mtok }),
    ...(inputCount === undefined ? {} : { inputCount }),
    ...(prices.as_of === undefined ? {} : { asOf: prices.as_of }),
    ...(prices.source === undefined ? {} : { source: prices.source }),
  };
}
