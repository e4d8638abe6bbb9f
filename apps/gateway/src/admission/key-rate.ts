import type { KeyRateStore, RateAmounts, RateLimits } from '@zerorouter/database';

/** What a call was admitted with. */
export interface RateState {
  limits: RateLimits;
  /** That this gateway knows to be left. */
  left: RateAmounts;
}

export type RateAnswer =
  | ({ admitted: true } & RateState)
  /** @param waitS seconds until it could be admitted; Infinity = never, it is larger than the limit. */
  | ({ admitted: false; waitS: number } & RateState);

/** Drawn from the bucket at once: the nearer the limit, the less, down to single calls. */
const SHARE = 1 / 32;
/** How long a gateway keeps what it has drawn and does not use. */
const KEPT_MS = 1_000;

interface Waiting {
  tokens: number;
  resolve: (answer: RateAnswer) => void;
  reject: (error: unknown) => void;
}

/**
 * This gateway's part in the rates of one key. It draws a share of what is left for all gateways and
 * admits calls from it without asking anybody. Calls that come while it draws wait and are drawn for
 * together: near the limit, where a share is less than a call, one statement counts all that wait.
 */
export class KeyRate {
  #held: RateAmounts = { requests: 0, tokens: 0 };
  /** In Postgres, when it was last drawn from. */
  #left: RateAmounts = { requests: 0, tokens: 0 };
  #limits: RateLimits = { requests: null, tokens: null };
  #waiting: Waiting[] = [];
  #drawing: Promise<void> | null = null;
  #lapse: NodeJS.Timeout | undefined;

  constructor(
    private readonly keyId: string,
    private readonly store: Pick<KeyRateStore, 'take' | 'giveBack'>,
  ) {}

  /** Counts one call. @throws what Postgres throws */
  take(limits: RateLimits, tokens: number): Promise<RateAnswer> {
    const changed =
      limits.requests !== this.#limits.requests || limits.tokens !== this.#limits.tokens;
    this.#limits = limits;
    if (!changed && this.#drawing === null && this.#covers(tokens))
      return Promise.resolve(this.#admit(tokens));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ tokens, resolve, reject });
      this.#drawing ??= this.#drawWhileAnybodyWaits();
    });
  }

  /** A call has used more tokens than it was admitted with, or fewer. */
  adjust(tokens: number): void {
    if (this.#limits.tokens === null || tokens === 0) return;
    this.#held.tokens -= tokens;
    this.#keepForAWhile();
  }

  /** Gives back what is not used. */
  async close(): Promise<void> {
    clearTimeout(this.#lapse);
    await this.#drawing?.catch(() => {});
    const held = this.#held;
    if (held.requests === 0 && held.tokens === 0) return;
    this.#held = { requests: 0, tokens: 0 };
    await this.store.giveBack(this.keyId, this.#limits, held);
  }

  async #drawWhileAnybodyWaits(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        await this.#draw(waiting);
        for (const { tokens, resolve } of waiting)
          resolve(this.#covers(tokens) ? this.#admit(tokens) : this.#refuse(tokens));
      } catch (error) {
        for (const { reject } of waiting) reject(error);
      }
    }
    // At once: whoever has just been answered may ask again before a promise could tell.
    this.#drawing = null;
  }

  async #draw(waiting: readonly Waiting[]): Promise<void> {
    const returned = this.#held;
    this.#held = { requests: 0, tokens: 0 };
    const limits = this.#limits;
    const { granted, left } = await this.store
      .take(this.keyId, {
        limits,
        wanted: {
          requests: waiting.length,
          tokens: waiting.reduce((sum, { tokens }) => sum + tokens, 0),
        },
        share: SHARE,
        returned,
      })
      .catch((error: unknown) => {
        this.#hold(returned);
        throw error;
      });
    this.#hold(granted);
    this.#left = left;
    this.#keepForAWhile();
  }

  /** Beside what calls have used meanwhile beyond what they were admitted with. */
  #hold({ requests, tokens }: RateAmounts): void {
    if (this.#limits.requests !== null) this.#held.requests += requests;
    if (this.#limits.tokens !== null) this.#held.tokens += tokens;
  }

  #covers(tokens: number): boolean {
    const { limits, held } = { limits: this.#limits, held: this.#held };
    return (
      (limits.requests === null || held.requests >= 1) &&
      (limits.tokens === null || held.tokens >= tokens)
    );
  }

  #admit(tokens: number): RateAnswer {
    if (this.#limits.requests !== null) this.#held.requests -= 1;
    if (this.#limits.tokens !== null) this.#held.tokens -= tokens;
    return { admitted: true, ...this.#state() };
  }

  #refuse(tokens: number): RateAnswer {
    const { limits, left } = this.#state();
    const waits = [
      wait(1, left.requests, limits.requests),
      wait(tokens, left.tokens, limits.tokens),
    ];
    return { admitted: false, waitS: Math.max(...waits), limits, left };
  }

  #state(): RateState {
    const left = {
      requests: this.#left.requests + this.#held.requests,
      tokens: this.#left.tokens + this.#held.tokens,
    };
    return { limits: this.#limits, left };
  }

  #keepForAWhile(): void {
    clearTimeout(this.#lapse);
    this.#lapse = setTimeout(() => {
      // What cannot be given back is lost: the bucket fills up without it.
      this.close().catch(() => {});
    }, KEPT_MS).unref();
  }
}

/** Seconds until there is enough of one measure. */
function wait(needed: number, left: number, limit: number | null): number {
  if (limit === null || left >= needed) return 0;
  return needed > limit ? Infinity : ((needed - left) * 60) / limit;
}
