import { DomainError } from '@zerorouter/contracts';
import type { KeyLimits, KeyRateStore, RateLimits } from '@zerorouter/database';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../access/caller.js';
import { PINNED } from './admission.js';
import type { Admission, AdmissionRequest, Reservation } from './admission.js';
import { allowsModel, narrowModels, narrowPolicy } from './allow-lists.js';
import type { KeyBudgets } from './key-budgets.js';
import { KeyRate } from './key-rate.js';
import type { RateAnswer } from './key-rate.js';
import { rateHeaders } from './rate-headers.js';

export type { Admission, AdmissionRequest, Reservation } from './admission.js';

export interface AdmissionSettings {
  /** Of requests that name none. */
  defaultPolicy: string;
  /** Names of the models that can be chosen just now. */
  modelNames: () => string[];
}

interface Reserving {
  usd: number;
  /** That the call was admitted with. */
  tokens: number;
  rate: KeyRate | null;
  /** Whether the budget must cover it. */
  enforced: boolean;
}

const FREE: Reservation = { settle: () => Promise.resolve(), release: () => Promise.resolve() };
const UNLIMITED: Admission = { downgrade: null, reserve: () => Promise.resolve(FREE) };
/** Keys whose rates are counted here; the least used ones give back what they hold. */
const MOST_RATES = 10_000;

/** Holds callers to the limits of their keys: rates, budgets, and which models and policies they may use. */
export class AdmissionService {
  readonly #rates: LRUCache<string, KeyRate>;
  readonly #headers = new WeakMap<Caller, Record<string, string>>();

  constructor(
    private readonly store: Pick<KeyRateStore, 'take' | 'giveBack'>,
    private readonly budgets: Pick<KeyBudgets, 'isSpent' | 'refuse' | 'reserve' | 'close'>,
    private readonly settings: AdmissionSettings,
  ) {
    this.#rates = new LRUCache({
      max: MOST_RATES,
      dispose: (rate, _, reason) => {
        if (reason === 'evict') rate.close().catch(() => {});
      },
    });
  }

  /**
   * Counts a call against the caller's rates and narrows it to what the key allows.
   * @throws DomainError `rate-limited` (429), `tokens-exceed-rate` (413), `model-not-allowed` and
   *   `policy-not-allowed` (403), `key-budget-exhausted` (402); what Postgres throws for a key with a rate
   */
  async admit(caller: Caller, request: AdmissionRequest): Promise<Admission> {
    const { keyId, limits } = caller;
    if (keyId === null || limits === undefined) return UNLIMITED;
    const { tokens, decisionOnly = false } = request;
    const pinned = request.policy === PINNED;
    const names = pinned ? (request.models ?? []) : this.settings.modelNames();
    const models = narrowModels(limits, request.models, names);
    const policy = narrowPolicy(limits, request.policy, this.settings.defaultPolicy);
    const rate = await this.#count(caller, keyId, limits, tokens);

    const downgrade = this.#downgrade(limits, pinned ? undefined : models, (usd) =>
      this.#reserve(keyId, limits, { usd, tokens, rate, enforced: false }),
    );
    const spent =
      limits.budget !== null && !decisionOnly && this.budgets.isSpent(keyId, limits.budget);
    if (spent && downgrade === null) return this.budgets.refuse(keyId, limits.budget!);
    // A pinned call learns of it when it reserves: what is returned must be for the model that it names.
    if (spent && downgrade !== null && !pinned) return downgrade;
    return {
      ...(models === undefined ? {} : { models }),
      ...(policy === undefined ? {} : { policy }),
      downgrade,
      reserve: (usd) => this.#reserve(keyId, limits, { usd, tokens, rate, enforced: true }),
    };
  }

  /** What to tell a caller of its rates, once a call of it was counted. */
  headersFor(caller: Caller): Record<string, string> | undefined {
    return this.#headers.get(caller);
  }

  /** Settles what is open and gives back what is not used. Call it when no request can come any more. */
  async close(): Promise<void> {
    await this.budgets.close();
    await Promise.all([...this.#rates.values()].map((rate) => rate.close()));
  }

  async #count(
    caller: Caller,
    keyId: string,
    limits: KeyLimits,
    tokens: number,
  ): Promise<KeyRate | null> {
    const { requestsPerMinute, tokensPerMinute } = limits;
    if (requestsPerMinute === null && tokensPerMinute === null) return null;
    let rate = this.#rates.get(keyId);
    if (rate === undefined) this.#rates.set(keyId, (rate = new KeyRate(keyId, this.store)));
    const answer = await rate.take(
      { requests: requestsPerMinute, tokens: tokensPerMinute },
      tokens,
    );
    this.#headers.set(caller, rateHeaders(answer));
    if (!answer.admitted) throw tooFast(answer, tokens);
    return rate;
  }

  /** @param models that the request left; undefined = all that the key allows. */
  #downgrade(
    limits: KeyLimits,
    models: string[] | undefined,
    reserve: Admission['reserve'],
  ): Admission | null {
    if (limits.downgradePolicy === null) return null;
    const allowed = this.settings.modelNames().filter((name) => allowsModel(limits, name));
    if (models === undefined && allowed.length === 0) return null;
    const left = limits.models.length === 0 ? models : (models ?? allowed);
    return {
      ...(left === undefined ? {} : { models: left }),
      policy: limits.downgradePolicy,
      downgrade: null,
      reserve,
    };
  }

  async #reserve(
    keyId: string,
    { budget }: KeyLimits,
    { usd, tokens, rate, enforced }: Reserving,
  ): Promise<Reservation> {
    const held =
      budget === null ? FREE : await this.budgets.reserve(keyId, budget, usd, { enforced });
    let settled: Promise<void> | null = null;
    return {
      settle: (spentUsd, used = tokens) => {
        if (settled === null) rate?.adjust(used - tokens);
        return (settled ??= held.settle(spentUsd));
      },
      release: () => (settled ??= held.release()),
    };
  }
}

function tooFast(
  { waitS, limits }: Extract<RateAnswer, { admitted: false }>,
  tokens: number,
): DomainError {
  const said = describe(limits);
  if (waitS === Infinity)
    return new DomainError(
      'tokens-exceed-rate',
      `this request may use ${tokens} tokens, and its API key no more than ${limits.tokens} a minute: shorten it, or lower max_tokens`,
      { details: { tokens, tokens_per_minute: limits.tokens } },
    );
  const retryAfter = Math.max(1, Math.ceil(waitS));
  return new DomainError(
    'rate-limited',
    `the API key is limited to ${said}: try again in ${retryAfter} s`,
    { details: { retryAfter } },
  );
}

function describe({ requests, tokens }: RateLimits): string {
  return [
    ...(requests === null ? [] : [`${requests} requests a minute`]),
    ...(tokens === null ? [] : [`${tokens} tokens a minute`]),
  ].join(' and ');
}
