import type { ModelPrices, ModelProfile } from '@zerorouter/contracts';
import type { InputCount } from '@zerorouter/latent-space';

/** List prices as a profile's cost model. @param inputCount how the model counts input; null = as estimated. */
export function listPriceCost(
  prices: ModelPrices,
  inputCount: InputCount | null,
): NonNullable<ModelProfile['cost']> {
  return {
    kind: 'prices',
    inputPerMtok: prices.input_per_mtok,
    outputPerMtok: prices.output_per_mtok,
    ...(prices.cached_input_per_mtok === undefined
      ? {}
      : { cachedInputPerMtok: prices.cached_input_per_mtok }),
    ...(inputCount === null ? {} : { inputCount }),
    ...(prices.as_of === undefined ? {} : { asOf: prices.as_of }),
    ...(prices.source === undefined ? {} : { source: prices.source }),
  };
}
