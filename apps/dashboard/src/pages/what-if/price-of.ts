import type { AdminModel } from '@zerorouter/contracts';
import { modelFacts } from '../models/model-facts.js';

/** What a model costs today, USD per million tokens: where one begins to reprice it. */
export function priceOf(model: AdminModel): { input: number; output: number } {
  const { prices } = model;
  if (prices !== null) return { input: prices.input_per_mtok, output: prices.output_per_mtok };
  return modelFacts(model).prices ?? { input: 1, output: 1 };
}
