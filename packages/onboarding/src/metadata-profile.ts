import { listPriceCost, type ModelPrices, type ModelProfile } from '@zerorouter/contracts';
import type { KnownSubject, LengthPrior } from '@zerorouter/latent-space';
import { abilityPrior, fitLength, modelSize } from '@zerorouter/latent-space';

/**
 * What is expected of a model before it has answered anything: the ability of models of its size (of any
 * model, where neither metadata nor name tell it), the length of the known models' answers, the cost of its
 * list prices. Nothing tells its latency.
 *
 * @param subjects of the latent space.
 * @param lengthPrior of the latent space; null where it never saw a length.
 * @throws RangeError when the space has no subject.
 */
export function metadataProfile(known: {
  readonly name: string;
  /** Billions of parameters; null = as the name says. */
  readonly sizeB: number | null;
  readonly prices: ModelPrices | null;
  readonly subjects: readonly KnownSubject[];
  readonly lengthPrior: LengthPrior | null;
}): ModelProfile {
  const { name, sizeB, prices, subjects, lengthPrior } = known;
  const { mean, covariance } = abilityPrior(subjects, [], modelSize(name, sizeB));
  return {
    model: name,
    ability: { mean: Array.from(mean), covariance: Array.from(covariance) },
    length: lengthPrior === null ? null : fitLength([], [], lengthPrior),
    cost: prices === null ? null : listPriceCost(prices),
    latency: null,
  };
}
