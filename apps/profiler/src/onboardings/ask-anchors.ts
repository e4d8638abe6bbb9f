import { gradeAnswer, graderSchema } from '@zerorouter/anchors';
import { DomainError } from '@zerorouter/contracts';
import type { ModelPrices } from '@zerorouter/contracts';
import type { AnchorAnswers, AnchorOutcome, StoredAnchor } from '@zerorouter/database';
import { callCost, mostInputTokens, worstCallCost } from '@zerorouter/onboarding';
import { askWithRetries, ProviderError } from '@zerorouter/providers';
import type { ChatReply, Deployment, ProviderNetwork } from '@zerorouter/providers';
import type { SpendCap } from './spend-cap.js';
import { traceChat } from './trace-chat.js';

/** Tries of one anchor: together they outlast a provider that asks for half a minute of patience. */
const RETRIES = { attempts: 5, baseMs: 500, maxMs: 60_000 };

/** Anchors that fail one after the other, with no answer yet, until the endpoint counts as unusable. */
const FRUITLESS = 5;

/** How one model is asked. */
export interface AnchorCalls {
  readonly onboardingId: string;
  /** Tried in this order: one that cannot work gives way to the next. */
  readonly deployments: readonly Deployment[];
  /** Longest answer, tokens. */
  readonly maxTokens: number;
  readonly timeoutMs: number;
  /** Sent with every call. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Null = unknown: its calls count as free, and no cap can be kept. */
  readonly prices: ModelPrices | null;
}

/** Asks anchors of a live model and grades what comes; money is set aside before each call. */
export class AnchorAsker {
  private answered = 0;
  private fruitless = 0;
  private deployment = 0;

  constructor(
    private readonly calls: AnchorCalls,
    private readonly cap: SpendCap,
    private readonly network: ProviderNetwork,
    private readonly answers: Pick<AnchorAnswers, 'reserve' | 'settle' | 'conclude'>,
    private readonly random: () => number,
  ) {}

  /**
   * Asks one anchor until there is an answer, or no hope of one, and stores what became of it.
   * @returns null when the cap allows no further call: of the anchor nothing is concluded.
   * @throws DomainError `deployment-unusable` when no deployment works; whatever the store throws; when
   *   `signal` aborts.
   */
  async ask(
    anchor: StoredAnchor,
    position: number,
    signal: AbortSignal,
  ): Promise<AnchorOutcome | null> {
    const { onboardingId } = this.calls;
    let outcome: AnchorOutcome;
    try {
      outcome = await this.grade(anchor, await this.answerOf(anchor, position, signal));
      this.answered++;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BeyondCap) return null;
      if (!(error instanceof ProviderError)) throw error;
      outcome = noAnswer(error);
      this.fruitless++;
      if (this.answered === 0 && this.fruitless >= FRUITLESS)
        throw unusable(`${this.fruitless} anchors brought no answer`, error);
    }
    await this.answers.conclude(onboardingId, position, outcome);
    return outcome;
  }

  private async answerOf(
    anchor: StoredAnchor,
    position: number,
    signal: AbortSignal,
  ): Promise<ChatReply> {
    for (;;) {
      const used = this.deployment;
      const deployment = this.calls.deployments[used]!;
      try {
        return await askWithRetries(() => this.call(deployment, anchor, position, signal), {
          ...RETRIES,
          signal,
          random: this.random,
        });
      } catch (error) {
        if (!(error instanceof ProviderError) || !error.fatal) throw error;
        // Another anchor may have moved on already.
        if (this.deployment === used) this.deployment++;
        if (this.deployment >= this.calls.deployments.length)
          throw unusable(
            this.calls.deployments.length === 1
              ? 'the deployment cannot be used'
              : 'none of the deployments can be used',
            error,
          );
      }
    }
  }

  /** One call, and the money for it. */
  private async call(
    deployment: Deployment,
    anchor: StoredAnchor,
    position: number,
    signal: AbortSignal,
  ): Promise<ChatReply> {
    const { onboardingId, maxTokens, parameters, prices, timeoutMs } = this.calls;
    const inputTokens = mostInputTokens(anchor.text);
    const reservedUsd = prices === null ? 0 : worstCallCost({ inputTokens, maxTokens, prices });
    if (!(await this.cap.reserve(reservedUsd))) throw new BeyondCap();
    let costUsd = reservedUsd;
    try {
      await this.answers.reserve(onboardingId, position, reservedUsd);
      const answer = await traceChat(
        this.network,
        deployment,
        { messages: [{ role: 'user', content: anchor.text }], maxTokens, parameters },
        { signal, timeoutMs },
      );
      if (prices !== null) costUsd = callCost(answer, prices) ?? reservedUsd;
      return answer;
    } catch (error) {
      // What was refused before it began is not charged; of a cut or late answer nobody knows.
      if (error instanceof ProviderError && NOT_CHARGED.has(error.kind)) costUsd = 0;
      throw error;
    } finally {
      this.cap.settle(reservedUsd, costUsd);
      // What is not settled for want of a database stays set aside, which is the safe side.
      await this.answers.settle(onboardingId, position, { reservedUsd, costUsd });
    }
  }

  private async grade(anchor: StoredAnchor, answer: ChatReply): Promise<AnchorOutcome> {
    const grade = await gradeAnswer(graderSchema.parse(anchor.grader), answer.text);
    return {
      text: answer.text,
      score: grade.score,
      gradable: grade.gradable,
      inputTokens: answer.inputTokens,
      outputTokens: answer.outputTokens,
      ttftMs: answer.ttftMs,
      totalMs: answer.totalMs,
      error: null,
    };
  }
}

const NOT_CHARGED: ReadonlySet<string> = new Set(['refused', 'connect', 'status']);

/** The cap allows no further call. */
class BeyondCap extends Error {}

function noAnswer({ kind, status }: ProviderError): AnchorOutcome {
  return {
    text: null,
    score: null,
    gradable: null,
    inputTokens: null,
    outputTokens: null,
    ttftMs: null,
    totalMs: null,
    error: status === null ? kind : `${kind} ${status}`,
  };
}

function unusable(what: string, cause: ProviderError): DomainError {
  return new DomainError(
    'deployment-unusable',
    `${what}: ${cause.message}. Mend the deployment and onboard again.`,
    { cause },
  );
}
