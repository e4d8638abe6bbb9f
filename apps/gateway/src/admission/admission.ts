import type { PolicySelector } from '@zerorouter/contracts';

/** The policy of a call whose model the request names: nothing is decided. */
export const PINNED = 'pinned';

/** What a call is about to do. */
export interface AdmissionRequest {
  /** Patterns and names among which the model is chosen; absent = all. For a pinned call: its one name. */
  models?: readonly string[] | undefined;
  /** What decides; absent = the default policy; {@link PINNED} = nothing does. */
  policy?: PolicySelector | undefined;
  /** Tokens that it will use as far as can be told before: those of the prompt, and of the answer at most. */
  tokens: number;
  /** True where no provider is called: then no budget is looked at. */
  decisionOnly?: boolean | undefined;
}

/**
 * What a caller may do with a call. Decide among `models` by `policy`, where they are there, in place
 * of what the request says; where they are absent, the request's own stand.
 */
export interface Admission {
  /** Names and patterns that are left of the request's. */
  readonly models?: string[];
  readonly policy?: PolicySelector;
  /**
   * What decides once the key's budget is spent: when {@link reserve} rejects with `key-budget-exhausted`,
   * decide again by it and reserve from it, which never rejects for the budget. For a pinned call it stands
   * for all models that the key allows. Null = the call is refused.
   */
  readonly downgrade: Admission | null;
  /**
   * Sets aside what the call may cost at most, before a provider is asked. It costs one statement in
   * Postgres for a key with a budget, and nothing for any other caller.
   * @throws DomainError `key-budget-exhausted`
   */
  readonly reserve: (usd: number) => Promise<Reservation>;
}

/** Money that is set aside for one call. The first of settle() and release() counts; later ones do nothing. */
export interface Reservation {
  /**
   * The call has cost that much, which may be more than was reserved.
   * @param tokens that it has really used; absent = as many as it was admitted with.
   */
  readonly settle: (usd: number, tokens?: number) => Promise<void>;
  /** The call has cost nothing. */
  readonly release: () => Promise<void>;
}
