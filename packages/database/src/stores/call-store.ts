import type pg from 'pg';
import type { Connection } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { storableJson } from '../json.js';

/** How an answer ended: see the schema. */
export type CallEnding = 'complete' | 'aborted' | 'broken' | 'refused' | 'failed';

/** What came of one request that was passed on to providers, and what it cost. */
export interface CallRecord {
  id: string;
  /** Of the request. */
  createdAt: Date;
  keyId: string | null;
  /** Null for a request that named its model. */
  decisionId: string | null;
  policy: string;
  /** `chat/completions`, `embeddings`, `responses`. */
  operation: string;
  /** Who answered or refused; else who was asked last. */
  model: string;
  deploymentId: string | null;
  /** HTTP status of the answer; null where there is none. */
  status: number | null;
  streamed: boolean;
  ending: CallEnding;
  finishReason: string | null;
  inputTokens: number | null;
  /** Of the input tokens, those found in the provider's prompt cache. */
  cachedTokens: number | null;
  /** Reasoning tokens included. */
  outputTokens: number | null;
  reasoningTokens: number | null;
  /** Whether tokens were counted from characters, because the provider has not told them. */
  estimated: boolean;
  /** Null where prices or tokens are unknown. */
  costUsd: number | null;
  /** Estimated input of attempts that broke off, and that their providers may charge for. */
  lostUsd: number;
  /** Ms from the call that was answered to its first byte; null where it was not streamed. */
  ttftMs: number | null;
  /** Ms from the first call to the end of the answer. */
  totalMs: number;
}

/** What calls have used, and what they have cost. */
export class CallStore {
  private readonly prisma: PrismaClient;
  private readonly pool: pg.Pool;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
    this.pool = connection.pool;
  }

  /** One INSERT for all of them; one that is stored already is skipped, so that a retry is safe. */
  async appendMany(records: readonly CallRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.pool.query({
      name: 'append-calls',
      text: APPEND,
      values: [storableJson(records.map(toRow))],
    });
  }

  async ofDecision(decisionId: string): Promise<CallRecord | null> {
    return this.prisma.call.findUnique({ where: { decisionId } });
  }

  /** By the ids of their decisions; decisions without a call are absent. */
  async ofDecisions(decisionIds: readonly string[]): Promise<Map<string, CallRecord>> {
    const rows = await this.prisma.call.findMany({
      where: { decisionId: { in: [...decisionIds] } },
    });
    return new Map(rows.map((row) => [row.decisionId!, row]));
  }
}

const COLUMNS = `
  id, created_at, key_id, decision_id, policy, operation, model, deployment_id, status, streamed, ending,
  finish_reason, input_tokens, cached_tokens, output_tokens, reasoning_tokens, estimated, cost_usd, lost_usd,
  ttft_ms, total_ms`;

const APPEND = `
  INSERT INTO calls (${COLUMNS})
  SELECT ${COLUMNS} FROM json_populate_recordset(NULL::calls, $1::json)
  ON CONFLICT DO NOTHING`;

/** Keys are column names. */
function toRow(record: CallRecord): object {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value as unknown,
    ]),
  );
}
