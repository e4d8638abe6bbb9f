import { DomainError } from '@zerorouter/contracts';
import { lockForTransaction } from '../connection.js';
import type { Connection, Transaction } from '../connection.js';
import type { Feedback as FeedbackRow, PrismaClient } from '../generated/client.js';
import { opaqueId } from '../opaque-id.js';
import { answeringModel } from './answering-model.js';

export type FeedbackState = 'pending' | 'learned' | 'quarantined' | 'ignored';

/** Someone's judgement of the answer that a decision has led to. */
export interface Feedback {
  id: string;
  decisionId: string;
  keyId: string | null;
  sourceId: string;
  /** As its caller names it. */
  source: string;
  /** The one that answered; null where none did, or it was gone already. */
  modelId: string | null;
  spaceVersion: string;
  /** 0 to 1. */
  score: number;
  /** Of the answer; null where nobody has told. */
  outputTokens: number | null;
  idempotencyKey: string | null;
  state: FeedbackState;
  createdAt: Date;
  /** Null while it is pending. */
  settledAt: Date | null;
}

export type NewFeedback = Pick<
  Feedback,
  'decisionId' | 'keyId' | 'source' | 'score' | 'outputTokens' | 'idempotencyKey'
>;

/** Who judges answers: a name that the holder of one key uses. */
export interface FeedbackSource {
  id: string;
  /** Null where no key was asked for. */
  keyId: string | null;
  name: string;
  /** Why it is not trusted; null = it is. */
  quarantine: string | null;
  quarantinedAt: Date | null;
  createdAt: Date;
  feedback: Record<FeedbackState, number>;
}

const withSource = { source: { select: { name: true } } } as const;
type Row = FeedbackRow & { source: { name: string } };

/** Feedback as it comes in, and its sources. */
export class FeedbackStore {
  private readonly prisma: PrismaClient;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
  }

  /**
   * Stores a judgement, once for each idempotency key of a caller and once for each source of a decision.
   * @returns `created` false for a repetition.
   * @throws `decision-not-found`, `idempotency-key-reused`, `feedback-given`
   */
  async create(given: NewFeedback): Promise<{ feedback: Feedback; created: boolean }> {
    const { decisionId, keyId, source, score, outputTokens, idempotencyKey } = given;
    return this.prisma.$transaction(async (transaction) => {
      if (idempotencyKey !== null) {
        // Postgres holds callers without a key for different ones: the lock makes them one.
        await lockForTransaction(transaction, `feedback:${keyId ?? ''}:${idempotencyKey}`);
        const earlier = await transaction.feedback.findFirst({
          where: { keyId, idempotencyKey },
          include: withSource,
        });
        if (earlier !== null) return { feedback: repeated(earlier, given), created: false };
      }
      const decision = await transaction.decision.findUnique({
        where: { id: decisionId, keyId },
        select: { model: true, spaceVersion: true, requestStats: true },
      });
      if (decision === null)
        throw new DomainError('decision-not-found', `you have made no decision "${decisionId}"`);
      const answering = answeringModel(decision);
      const model =
        answering === null
          ? null
          : await transaction.model.findUnique({
              where: { name: answering },
              select: { id: true },
            });
      const sourceId = await findOrCreateSource(transaction, keyId ?? '', source);
      const modelId = model?.id ?? null;
      const { count } = await transaction.feedback.createMany({
        data: [
          {
            id: opaqueId('fbk'),
            decisionId,
            keyId,
            sourceId,
            modelId,
            spaceVersion: decision.spaceVersion,
            score,
            outputTokens,
            idempotencyKey,
            ...(modelId === null ? { state: 'ignored' as const, settledAt: new Date() } : {}),
          },
        ],
        skipDuplicates: true,
      });
      const stored = await transaction.feedback.findUniqueOrThrow({
        where: { decisionId_sourceId: { decisionId, sourceId } },
        include: withSource,
      });
      if (count === 0 && !isEqual(stored, given))
        throw new DomainError(
          'feedback-given',
          `the source "${source}" has judged decision ${decisionId} already, with ${stored.score}: a second judgement needs another source`,
          { details: { feedback_id: stored.id, score: stored.score } },
        );
      return { feedback: toFeedback(stored), created: count === 1 };
    });
  }

  /** Of one decision, oldest first. */
  async ofDecision(decisionId: string): Promise<Feedback[]> {
    const rows = await this.prisma.feedback.findMany({
      where: { decisionId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      include: withSource,
    });
    return rows.map(toFeedback);
  }

  /** Models with feedback that nobody has learnt from since so many ms. */
  async modelsWithPending(forMs: number): Promise<string[]> {
    const rows = await this.prisma.feedback.findMany({
      where: {
        state: 'pending',
        modelId: { not: null },
        createdAt: { lte: new Date(Date.now() - forMs) },
      },
      distinct: ['modelId'],
      select: { modelId: true },
    });
    return rows.flatMap(({ modelId }) => (modelId === null ? [] : [modelId]));
  }

  /** Quarantined ones first, then by name. */
  async sources(): Promise<FeedbackSource[]> {
    const rows = await this.prisma.feedbackSource.findMany({
      orderBy: [{ quarantinedAt: { sort: 'desc', nulls: 'last' } }, { name: 'asc' }, { id: 'asc' }],
      omit: { state: true },
    });
    const counts = await this.prisma.feedback.groupBy({ by: ['sourceId', 'state'], _count: true });
    return rows.map((row) => {
      const feedback = { pending: 0, learned: 0, quarantined: 0, ignored: 0 };
      for (const { sourceId, state, _count } of counts)
        if (sourceId === row.id) feedback[state] = _count;
      return { ...row, keyId: row.keyId === '' ? null : row.keyId, feedback };
    });
  }

  /**
   * Trusts a source again, as one of which nothing is known yet.
   * @param learn whether what it said in quarantine is to be learnt after all, vouched for; else it is discarded.
   * @returns the models whose feedback waits to be learnt now.
   * @throws `feedback-source-not-found`, `source-trusted`
   */
  async release(sourceId: string, { learn }: { learn: boolean }): Promise<string[]> {
    return this.prisma.$transaction(async (transaction) => {
      const rows = await transaction.$queryRaw<{ quarantine: string | null }[]>`
        SELECT quarantine FROM feedback_sources WHERE id = ${sourceId} FOR NO KEY UPDATE`;
      if (rows[0] === undefined)
        throw new DomainError(
          'feedback-source-not-found',
          `there is no source of feedback "${sourceId}": name one that is listed`,
        );
      if (rows[0].quarantine === null)
        throw new DomainError(
          'source-trusted',
          `the source ${sourceId} is not in quarantine: there is nothing to release`,
        );
      await transaction.$executeRaw`
        UPDATE feedback_sources SET quarantine = NULL, quarantined_at = NULL, state = NULL
        WHERE id = ${sourceId}`;
      const held = { sourceId, state: 'quarantined' } as const;
      const models = await transaction.feedback.findMany({
        where: held,
        distinct: ['modelId'],
        select: { modelId: true },
      });
      await transaction.feedback.updateMany({
        where: held,
        data: learn ? { state: 'pending', vouched: true, settledAt: null } : { state: 'ignored' },
      });
      return learn ? models.flatMap(({ modelId }) => modelId ?? []) : [];
    });
  }
}

async function findOrCreateSource(
  transaction: Transaction,
  keyId: string,
  name: string,
): Promise<string> {
  const where = { keyId_name: { keyId, name } };
  const select = { id: true };
  // Looked up first: an insert would wait for learning that holds the row.
  const found = await transaction.feedbackSource.findUnique({ where, select });
  if (found !== null) return found.id;
  await transaction.feedbackSource.createMany({
    data: [{ id: opaqueId('src'), keyId, name }],
    skipDuplicates: true,
  });
  return (await transaction.feedbackSource.findUniqueOrThrow({ where, select })).id;
}

function repeated(earlier: Row, given: NewFeedback): Feedback {
  if (!isEqual(earlier, given))
    throw new DomainError(
      'idempotency-key-reused',
      'this Idempotency-Key stands for another feedback already: use a new key for new content',
      { details: { feedback_id: earlier.id } },
    );
  return toFeedback(earlier);
}

function isEqual(row: Row, given: NewFeedback): boolean {
  return (
    row.decisionId === given.decisionId &&
    row.source.name === given.source &&
    row.score === given.score &&
    row.outputTokens === given.outputTokens
  );
}

function toFeedback({ source, vouched: _vouched, ...row }: Row): Feedback {
  return { ...row, source: source.name };
}
