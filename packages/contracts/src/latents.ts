import { z } from 'zod';

/**
 * Where a query lies in a latent space: what the predictor returns and what a decision keeps.
 * No text, and nothing that depends on a model.
 */
export const queryLatentsSchema = z.object({
  /** Discrimination α̂, one coordinate per latent dimension. */
  discrimination: z.array(z.number()).min(1),
  /** Difficulty offset d̂ in P(correct) = σ(α̂ᵀθ − d̂). */
  difficulty: z.number(),
  /** Var(d̂), logit². */
  difficultyVariance: z.number().nonnegative(),
  /** Expected log of the output length in tokens, before the model's own offset. */
  logOutputTokens: z.number(),
  /** Estimated input tokens of the whole request. */
  inputTokens: z.number().nonnegative(),
  /** How much at home the query is: 1 amid the calibration queries, 0 far from all of them. */
  familiarity: z.number().min(0).max(1),
});
export type QueryLatents = z.infer<typeof queryLatentsSchema>;
