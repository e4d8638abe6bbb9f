import type { Anchor } from '../../packages/anchors/dist/index.js';
import { chance } from './chance.js';
import type { AskedChat, StandInAnswer } from './stand-in-provider.js';
import { dress, wrongReply } from './wrong-reply.js';

export interface LatentModelOptions {
  anchors: readonly Anchor[];
  /** The ability that an onboarding is to find. */
  ability: readonly number[];
  /** What the anchors are *really* like, whatever the predictor thinks of them. */
  trueItem: (anchor: Anchor) => { discrimination: readonly number[]; difficulty: number };
  seed: number;
  /** Tokens of the answer, reasoning included. Default: what its text has. */
  outputTokens?: (anchor: Anchor) => number;
}

/** The probability that such a model answers an anchor right: σ(αᵀθ − d). */
export function trueProbability(
  { ability, trueItem }: Pick<LatentModelOptions, 'ability' | 'trueItem'>,
  anchor: Anchor,
): number {
  const { discrimination, difficulty } = trueItem(anchor);
  const inner = discrimination.reduce((sum, alpha, k) => sum + alpha * (ability[k] ?? 0), 0);
  return 1 / (1 + Math.exp(difficulty - inner));
}

/**
 * A model with a latent truth: it knows the anchors by their text and answers each rightly with its
 * true probability, the same whenever it is asked again.
 */
export function latentModel(
  options: LatentModelOptions,
): (chat: AskedChat) => Promise<StandInAnswer> {
  const known = new Map(options.anchors.map((anchor) => [anchor.text, anchor]));
  return async ({ prompt }) => {
    const anchor = known.get(prompt);
    if (anchor === undefined) return { text: 'That is none of my anchors.' };
    const isRight = chance(options.seed, anchor.text) < trueProbability(options, anchor);
    const text = isRight
      ? dress(anchor.grader, anchor.referenceAnswer)
      : await wrongReply(anchor, options.seed);
    const outputTokens = options.outputTokens?.(anchor);
    return { text, ...(outputTokens === undefined ? {} : { outputTokens }) };
  };
}
