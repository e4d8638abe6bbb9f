import { isDeepStrictEqual } from 'node:util';
import type { ModelProfile, QueryLatents } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import { lockForTransaction } from '../connection.js';
import type { Connection, Transaction } from '../connection.js';
import type { PrismaClient } from '../generated/client.js';
import { fromJson, toJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { addVersion } from './profile-rows.js';
import type { ProfileKey } from './profile-rows.js';

/** A judgement that is to be learnt from. */
export interface PendingVerdict {
  id: string;
  decisionId: string;
  sourceId: string;
  createdAt: Date;
  score: number;
  outputTokens: number | null;
  vouched: boolean;
  latents: QueryLatents;
}

export interface LearningSource {
  id: string;
  name: string;
  /** As the last learner left it; null = nothing is known yet. */
  state: JsonObject | null;
  quarantined: boolean;
}

/** Pending feedback on one model in one latent space, and all that learning from it depends on. */
export interface LearningBatch {
  modelId: string;
  profile: ModelProfile;
  spaceVersion: string;
  /** When the profile's version came. */
  profiledAt: Date;
  /** As the last learner left it; null = it is to begin anew from the profile. */
  state: JsonObject | null;
  /** In order of creation. */
  verdicts: PendingVerdict[];
  /** Every source of `verdicts` and `earlier`. */
  sources: LearningSource[];
  /** What has been learnt on the decisions of `verdicts`, in order of creation. */
  earlier: { decisionId: string; sourceId: string; score: number }[];
}

/** What was learnt. */
export interface LearningResult {
  profile: ModelProfile;
  state: object;
  sources: { id: string; state: object; quarantine: string | null }[];
  settled: readonly { id: string; as: 'learned' | 'quarantined' }[];
}

/** Feedback → profiles: one learner a model at a time, and all or nothing of each batch. */
export class FeedbackLearning {
  private readonly prisma: PrismaClient;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
  }

  /**
   * Hands the oldest pending feedback on a model to `work` and stores what it makes of it, in one transaction: the
   * feedback is settled with the new version of the profile, or not at all. Feedback on a model that has no profile in
   * traffic or in shadow is set aside, and so is what comes after an administrator has graded the answer.
   * @param limit most verdicts of one batch.
   * @returns how many were settled; 0 = none is pending.
   */
  async learn(
    modelId: string,
    limit: number,
    work: (batch: LearningBatch) => Promise<LearningResult>,
  ): Promise<number> {
    return this.prisma.$transaction(async (transaction) => {
      await lockForTransaction(transaction, `learning:${modelId}`);
      // Versions of profiles count under this lock; rows that refer to the model can still be written.
      await transaction.$queryRaw`SELECT FROM models WHERE id = ${modelId} FOR NO KEY UPDATE`;
      await ignoreLabelled(transaction, modelId);
      const oldest = await transaction.feedback.findFirst({
        where: { modelId, state: 'pending' },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        select: { spaceVersion: true },
      });
      if (oldest === null) return 0;
      const key = { modelId, spaceVersion: oldest.spaceVersion };
      const current = await transaction.modelProfile.findUnique({
        where: { modelId_spaceVersion: key },
      });
      if (current === null || (current.state !== 'active' && current.state !== 'shadow'))
        return ignorePending(transaction, key);
      const profile = fromJson<ModelProfile>(current.profile);
      const batch = await readBatch(transaction, key, limit, { profile, version: current.version });
      const result = await work(batch);
      const version = await writeProfile(transaction, key, current.version, profile, result);
      const data = { profileVersion: version, state: toJson(result.state) };
      await transaction.profileLearning.upsert({
        where: { modelId_spaceVersion: key },
        create: { ...key, ...data },
        update: data,
      });
      await writeSources(transaction, batch.sources, result.sources);
      for (const state of ['learned', 'quarantined'] as const)
        await transaction.feedback.updateMany({
          where: {
            id: { in: result.settled.filter(({ as }) => as === state).map(({ id }) => id) },
          },
          data: { state, settledAt: new Date() },
        });
      return result.settled.length;
    });
  }
}

/** A grade has told of the answer what there is to know: a judgement of it would be counted as another answer. */
async function ignoreLabelled(transaction: Transaction, modelId: string): Promise<void> {
  await transaction.$executeRaw`
    UPDATE feedback SET state = 'ignored', settled_at = now()
    FROM labels
    WHERE feedback.model_id = ${modelId} AND feedback.state = 'pending'
      AND labels.model_id = feedback.model_id AND labels.decision_id = feedback.decision_id`;
}

async function ignorePending(transaction: Transaction, key: ProfileKey): Promise<number> {
  const { count } = await transaction.feedback.updateMany({
    where: { ...key, state: 'pending' },
    data: { state: 'ignored', settledAt: new Date() },
  });
  return count;
}

async function readBatch(
  transaction: Transaction,
  key: ProfileKey,
  limit: number,
  { profile, version }: { profile: ModelProfile; version: number },
): Promise<LearningBatch> {
  const order = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
  const pending = await transaction.feedback.findMany({
    where: { ...key, state: 'pending' },
    orderBy: [...order],
    take: limit,
    include: { decision: { select: { latents: true } } },
  });
  const earlier = await transaction.feedback.findMany({
    where: { decisionId: { in: pending.map(({ decisionId }) => decisionId) }, state: 'learned' },
    orderBy: [...order],
    select: { decisionId: true, sourceId: true, score: true },
  });
  const ids = [...new Set([...pending, ...earlier].map(({ sourceId }) => sourceId))];
  // Sources speak of many models: in one order everywhere, so that no two learners wait for each other.
  const sources = await transaction.$queryRaw<LearningSource[]>`
    SELECT id, name, state, quarantine IS NOT NULL AS quarantined FROM feedback_sources
    WHERE id = ANY(${ids}) ORDER BY id FOR NO KEY UPDATE`;
  const learning = await transaction.profileLearning.findUnique({
    where: { modelId_spaceVersion: key },
  });
  const { createdAt } = await transaction.modelProfileVersion.findUniqueOrThrow({
    where: { modelId_spaceVersion_version: { ...key, version } },
  });
  return {
    ...key,
    profile,
    profiledAt: createdAt,
    state: learning?.profileVersion === version ? fromJson<JsonObject>(learning.state) : null,
    verdicts: pending.map(({ decision, ...row }) => ({
      id: row.id,
      decisionId: row.decisionId,
      sourceId: row.sourceId,
      createdAt: row.createdAt,
      score: row.score,
      outputTokens: row.outputTokens,
      vouched: row.vouched,
      latents: fromJson(decision.latents),
    })),
    sources,
    earlier,
  };
}

/** A version for the batch, unless nothing has changed. @returns the version that holds now. */
async function writeProfile(
  transaction: Transaction,
  key: ProfileKey,
  version: number,
  before: ModelProfile,
  { profile }: LearningResult,
): Promise<number> {
  if (isDeepStrictEqual(before, profile)) return version;
  await addVersion(transaction, key, version + 1, profile);
  await notifyChange(transaction, 'profile');
  return version + 1;
}

async function writeSources(
  transaction: Transaction,
  before: readonly LearningSource[],
  after: LearningResult['sources'],
): Promise<void> {
  const quarantined = new Set(before.filter((source) => source.quarantined).map(({ id }) => id));
  for (const { id, state, quarantine } of after)
    await transaction.feedbackSource.update({
      where: { id },
      data: {
        state: toJson(state),
        // The first reason stands.
        ...(quarantine === null || quarantined.has(id)
          ? {}
          : { quarantine, quarantinedAt: new Date() }),
      },
    });
}
