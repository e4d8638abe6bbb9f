import type { QueryLatents } from '@zerorouter/contracts';
import { isDomainError } from '@zerorouter/contracts';
import type { CallEnding, CallRecord } from '@zerorouter/database';
import type { ScorableModel } from '@zerorouter/latent-space';
import { randomHex } from '@zerorouter/platform';
import type { Metered, TokenUsage } from '@zerorouter/providers';
import type { Admission, Reservation } from '../admission/admission.js';
import type { Attempt } from './ask-in-turn.js';
import { mostUsd, usageUsd, usedTokens } from './call-cost.js';
import type { TokenPrices } from './call-cost.js';
import type { CallLog } from './call-log.js';
import type { PromptSize } from './prompt-size.js';

/** What is known of models' costs. */
export interface PriceBook {
  /** Null = unknown. */
  prices(model: string): TokenPrices | null;
  profile(model: string): ScorableModel | undefined;
}

/** One request on whose account calls are made. */
export interface AccountedRequest {
  keyId: string | null;
  decisionId: string | null;
  policy: string;
  operation: string;
  streamed: boolean;
  size: PromptSize;
  /** Where the query was predicted. */
  latents: QueryLatents | null;
}

/** How an answer ended, and what was read of it; null where there was none. */
export interface Ended {
  ending: CallEnding;
  /** Null where nobody answered. */
  model: string | null;
  status: number | null;
  metered: Metered | null;
}

/** Ways for an attempt to fail whose provider may have begun to work, and may charge for it. */
const MAY_BE_CHARGED = new Set<Attempt['outcome']>(['timeout', 'cut', 'aborted', 'malformed']);

/**
 * The money side of one request: sets aside what a call may cost before it is made, and afterwards settles
 * what it has cost and has that stored.
 */
export class CallAccount {
  private readonly createdAt = new Date();
  private readonly startedAt = performance.now();
  private readonly reservations: Reservation[] = [];
  private coveredUsd = 0;
  private closed = false;

  constructor(
    private readonly request: AccountedRequest,
    private readonly admission: Admission,
    private readonly book: PriceBook,
    private readonly log: CallLog,
  ) {}

  /**
   * Sets aside what a call to this model may cost beyond what is set aside already.
   * @throws DomainError `key-budget-exhausted`
   */
  async cover(model: string): Promise<void> {
    const { size, latents } = this.request;
    const prices = this.book.prices(model);
    if (prices === null) return;
    const forecast = latents && { latents, profile: this.book.profile(model) };
    const beyond = mostUsd(prices, size, forecast) - this.coveredUsd;
    if (beyond <= 0) return;
    this.reservations.push(await this.admission.reserve(beyond));
    this.coveredUsd += beyond;
  }

  /** Whether the key's budget has room for this model, too: a fallback may be dearer. */
  async covers(model: string): Promise<boolean> {
    try {
      await this.cover(model);
      return true;
    } catch (error) {
      if (isDomainError(error) && error.code === 'key-budget-exhausted') return false;
      throw error;
    }
  }

  /** Nothing was asked: nothing is recorded, and what was set aside is free again. */
  cancel(): void {
    if (this.closed) return;
    this.closed = true;
    for (const reservation of this.reservations) this.log.track(reservation.release());
  }

  /** Counts once, however often an end is told of. */
  end(ended: Ended, attempts: readonly Attempt[]): void {
    if (this.closed) return;
    this.closed = true;
    const record = this.toRecord(ended, attempts);
    this.log.note(record);
    const spent = (record.costUsd ?? 0) + record.lostUsd;
    const [first, ...others] = this.reservations;
    if (first === undefined) return;
    const tokens = (record.inputTokens ?? 0) + (record.outputTokens ?? 0);
    const settled = spent > 0 ? first.settle(spent, tokens) : first.release();
    // What was spent is booked before anything else is free again.
    this.log.track(
      settled.then(() => Promise.all(others.map((reservation) => reservation.release()))),
    );
  }

  private toRecord(
    { ending, model, status, metered }: Ended,
    attempts: readonly Attempt[],
  ): CallRecord {
    const { size, latents: _, ...request } = this.request;
    const last = attempts.at(-1);
    const read = metered === null ? null : usedTokens(metered, size);
    return {
      id: newCallId(this.createdAt),
      createdAt: this.createdAt,
      ...request,
      model: model ?? last?.model ?? '',
      deploymentId: last?.deployment ?? null,
      status,
      ending,
      finishReason: metered?.finishReason ?? null,
      inputTokens: read?.usage.inputTokens ?? null,
      cachedTokens: read?.usage.cachedTokens ?? null,
      outputTokens: read?.usage.outputTokens ?? null,
      reasoningTokens: read?.usage.reasoningTokens ?? null,
      estimated: read?.estimated ?? false,
      costUsd: read === null ? 0 : this.costUsd(model, read.usage),
      lostUsd: this.lostUsd(attempts),
      ttftMs: metered !== null && request.streamed ? (last?.ms ?? null) : null,
      totalMs: performance.now() - this.startedAt,
    };
  }

  /** Null where nobody knows the model's prices. */
  private costUsd(model: string | null, usage: TokenUsage): number | null {
    const prices = model === null ? null : this.book.prices(model);
    return prices && usageUsd(usage, prices);
  }

  private lostUsd(attempts: readonly Attempt[]): number {
    const input = { ...NO_TOKENS, inputTokens: this.request.size.tokens };
    return attempts
      .filter(({ outcome }) => MAY_BE_CHARGED.has(outcome))
      .reduce((sum, { model }) => sum + (this.costUsd(model, input) ?? 0), 0);
  }
}

const NO_TOKENS: TokenUsage = {
  inputTokens: null,
  cachedTokens: null,
  outputTokens: null,
  reasoningTokens: null,
};

/** As decisions' ids, they sort by age. */
function newCallId(now: Date): string {
  return `call_${now.getTime().toString(16).padStart(12, '0')}${randomHex(15)}`;
}
