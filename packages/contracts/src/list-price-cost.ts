import type { ModelPrices } from './http/models.js';
import type { ModelProfile } from './profile.js';

type Cost = NonNullable<ModelProfile['cost']>;
type PricedCost = Extract<Cost, { kind: 'prices' }>;

/** List prices as a profile's cost model. @param inputCount how the model counts input; none = as estimated. */
export function listPriceCost(
  prices: ModelPrices,
  inputCount?: PricedCost['inputCount'] | null,
): PricedCost {
  return {
    kind: 'prices',
    inputPerMtok: prices.input_per_mtok,
    outputPerMtok: prices.output_per_mtok,
    ...(prices.cached_input_per_mtok === undefined
      ? {}
      : { cachedInputPerMtok: prices.cached_input_per_mtok }),
    ...(inputCount == null ? {} : { inputCount }),
    ...(prices.as_of === undefined ? {} : { asOf: prices.as_of }),
    ...(prices.source === undefined ? {} : { source: prices.source }),
  };
}
