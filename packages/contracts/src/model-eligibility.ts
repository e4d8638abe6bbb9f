/** What a request asks of a model besides being right. */
export interface ModelRequirements {
  /** Capabilities: `tools`, `vision`, `audio`. */
  readonly requires: readonly string[];
  readonly inputTokens: number;
  /** Output tokens that the request may ask for; 0 where it does not say. */
  readonly maxTokens: number;
}

/** What is known of a model's limits. */
export interface ModelLimits {
  /** Tokens; null where unknown, and then no query is too long for it. */
  readonly contextWindow: number | null;
  /** Empty where unknown, and then it counts as capable of everything. */
  readonly capabilities: readonly string[];
}

/** Said of a model that the request's `models` leave out. */
export const NOT_ADMITTED = 'not among the models that the request admits';

/** Said of a model that is scored and recorded, and not chosen yet. It says nothing of the request. */
export const IN_SHADOW = 'in shadow';

/** Said of a model that a call is to be made to, and that cannot be called. It says nothing of the request. */
export const NO_DEPLOYMENT = 'no deployment';

/**
 * Whether a recorded reason lies in the request and the model's limits, whatever is forecast: it then
 * holds under any other policy, price or budget.
 */
export function liesInRequest(reason: string): boolean {
  return reason === NOT_ADMITTED || /^(needs \d+ tokens |lacks )/.test(reason);
}

/** Why a model cannot serve a request, whatever it costs; null when it can. */
export function unfitReason(
  { contextWindow, capabilities }: ModelLimits,
  { requires, inputTokens, maxTokens }: ModelRequirements,
): string | null {
  const needed = inputTokens + maxTokens;
  if (contextWindow !== null && needed > contextWindow)
    return `needs ${Math.ceil(needed)} tokens (${Math.ceil(inputTokens)} in, ${maxTokens} out), its context window has ${contextWindow}`;
  if (requires.length === 0 || capabilities.length === 0) return null;
  const missing = requires.filter((capability) => !capabilities.includes(capability));
  return missing.length === 0 ? null : `lacks ${missing.join(', ')}`;
}
