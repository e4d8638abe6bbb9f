import type { DecisionStore, SessionTerms } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';

/**
 * Which model a conversation is on: that of its last decision, which is stored before its answer goes out,
 * so that every gateway knows it, after a restart too. It is read while the query is predicted.
 */
export class Sessions {
  /** @param ttlMs since the last turn; later the provider has forgotten the prompt. 0 = no sessions. */
  constructor(
    private readonly decisions: Pick<DecisionStore, 'lastOfSession'>,
    private readonly ttlMs: number,
    private readonly logger: Logger,
  ) {}

  /** Null where there is none, or Postgres cannot tell: then the conversation is decided like a new one. */
  async find(hash: string): Promise<SessionTerms | null> {
    if (this.ttlMs === 0) return null;
    try {
      return await this.decisions.lastOfSession(hash, new Date(Date.now() - this.ttlMs));
    } catch (error) {
      this.logger.warn({ err: error }, 'the model of a conversation could not be looked up');
      return null;
    }
  }
}

/**
 * What counts of a session for a request: a prompt that is no longer than the last one does not begin with
 * it, and nothing of it is cached.
 */
export function continuedBy(
  session: SessionTerms | null,
  inputTokens: number,
): SessionTerms | null {
  return session !== null && session.seenTokens < inputTokens ? session : null;
}
