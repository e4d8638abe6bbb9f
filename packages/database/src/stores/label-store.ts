import { DomainError } from '@zerorouter/contracts';
import type { ModelProfile, QueryLatents } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import type { Connection } from '../connection.js';
import type { Label as LabelRow, PrismaClient } from '../generated/client.js';
import { fromJson } from '../json.js';
import type { JsonObject } from '../json.js';
import { newestFirst, olderThan } from '../newest-first.js';
import { opaqueId } from '../opaque-id.js';
import { answeringModel } from './answering-model.js';
import { unpackCandidates } from './packed-candidates.js';
import type { StoredDecision } from './decision-store.js';
import {
  findDecisions,
  findEarlier,
  findProfiles,
  lockModels,
  refusedGrade,
} from './label-lookups.js';
import type { Grade } from './label-lookups.js';
import { addVersion } from './profile-rows.js';

/** An administrator's grade of a model on the query of a decision. */
export interface Label {
  id: string;
  decisionId: string;
  /** Name of the model. */
  model: string;
  /** Of who gave it. */
  keyId: string;
  /** 0 to 1. */
  score: number;
  /** Version of the model's profile that has learnt from it. */
  profileVersion: number;
  createdAt: Date;
}

type Ability = ModelProfile['ability'];

/** What one new grade is learnt from. */
export interface GradedAnswer {
  ability: Ability;
  latents: QueryLatents;
  score: number;
  /** What feedback on the same answer has taught already, with the state of its source. */
  earlier: { score: number; source: JsonObject | null }[];
}

/** What became of one grade. */
export interface LearntLabel {
  label: Label;
  /** False where it had been given before. */
  created: boolean;
  /** The model's ability before and after it. */
  before: Ability;
  after: Ability;
}

/** What is read of a decision that is made anew. */
export type RoutedQuery = Pick<
  StoredDecision,
  | 'id'
  | 'createdAt'
  | 'textHash'
  | 'latents'
  | 'weights'
  | 'constraints'
  | 'candidates'
  | 'model'
  | 'budget'
  | 'requestStats'
> & {
  /** Models that have been graded on it, or judged by feedback. */
  judged: string[];
};

export interface RecentQueries {
  /** Null = decisions that were made without a key. */
  keyIds: readonly (string | null)[];
  spaceVersion: string;
  limit: number;
  since?: Date;
}

const withModel = { model: { select: { name: true } } } as const;

/** Grades of answers, and the profiles that learn from them. */
export class LabelStore {
  private readonly prisma: PrismaClient;

  constructor(connection: Connection) {
    this.prisma = connection.prisma;
  }

  /** Decisions of these keys in one space, newest first. */
  async recent({ keyIds, spaceVersion, limit, since }: RecentQueries): Promise<RoutedQuery[]> {
    const rows = await this.prisma.decision.findMany({
      where: {
        OR: keyIds.map((keyId) => ({ keyId })),
        spaceVersion,
        ...(since && { createdAt: { gte: since } }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit,
      select: {
        id: true,
        createdAt: true,
        textHash: true,
        latents: true,
        weights: true,
        constraints: true,
        candidates: true,
        profileVersions: true,
        model: true,
        budget: true,
        requestStats: true,
        labels: { select: withModel },
        feedback: { where: { state: 'learned' }, take: 1, select: { id: true } },
      },
    });
    return rows.map(({ labels, feedback, profileVersions, ...row }) => ({
      ...row,
      latents: fromJson(row.latents),
      weights: fromJson(row.weights),
      constraints: fromJson(row.constraints),
      candidates: unpackCandidates(fromJson(row.candidates), fromJson(profileVersions)),
      budget: row.budget === null ? null : fromJson(row.budget),
      requestStats: fromJson(row.requestStats),
      judged: [
        ...labels.map(({ model }) => model.name),
        ...(feedback.length > 0 ? [answeringModel(row) ?? row.model] : []),
      ],
    }));
  }

  /**
   * Stores grades and lets the profiles learn from them, all or none, each model's by one new version. A grade that was
   * given before with the same score changes nothing.
   * @param learn the ability after one grade.
   * @returns what became of each, in their order, and whose decisions they are on.
   * @throws `unknown-model`, `decision-not-found`, `decision-of-other-space`, `not-profiled`, `label-given`
   */
  async grade(
    {
      keyId,
      spaceVersion,
      grades,
    }: { keyId: string; spaceVersion: string; grades: readonly Grade[] },
    learn: (answer: GradedAnswer) => Ability,
  ): Promise<{ learnt: LearntLabel[]; keyIds: (string | null)[] }> {
    return this.prisma.$transaction(async (transaction) => {
      const models = await lockModels(transaction, grades);
      const decisions = await findDecisions(transaction, grades, spaceVersion);
      const profiles = await findProfiles(transaction, models, spaceVersion);
      const earlier = await findEarlier(transaction, grades, models);
      const abilities = new Map([...profiles].map(([id, { profile }]) => [id, profile.ability]));
      const learnt: LearntLabel[] = [];
      const added: LabelRow[] = [];
      for (const [i, grade] of grades.entries()) {
        const modelId = models.get(grade.model)!;
        const before = abilities.get(modelId)!;
        const given = earlier.label(grade.decisionId, modelId);
        if (given !== null) {
          if (given.score !== grade.score) throw alreadyGiven(i, grade, given);
          learnt.push({
            label: toLabel(given, grade.model),
            created: false,
            before,
            after: before,
          });
          continue;
        }
        const after = learn({
          ability: before,
          latents: decisions.get(grade.decisionId)!.latents,
          score: grade.score,
          earlier: earlier.feedback(grade.decisionId, modelId),
        });
        abilities.set(modelId, after);
        const row = {
          id: opaqueId('lbl'),
          decisionId: grade.decisionId,
          modelId,
          keyId,
          score: grade.score,
          profileVersion: profiles.get(modelId)!.version + 1,
          createdAt: new Date(),
        };
        added.push(row);
        learnt.push({ label: toLabel(row, grade.model), created: true, before, after });
      }
      await transaction.label.createMany({ data: added });
      for (const modelId of new Set(added.map((row) => row.modelId))) {
        const { profile, version } = profiles.get(modelId)!;
        const key = { modelId, spaceVersion };
        const ability = abilities.get(modelId)!;
        await addVersion(transaction, key, version + 1, { ...profile, ability });
      }
      if (added.length > 0) await notifyChange(transaction, 'profile');
      const keyIds = [...new Set([...decisions.values()].map((decision) => decision.keyId))];
      return { learnt, keyIds };
    });
  }

  /** Of one decision, oldest first. */
  async ofDecision(decisionId: string): Promise<Label[]> {
    const rows = await this.prisma.label.findMany({
      where: { decisionId },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      include: withModel,
    });
    return rows.map(({ model, ...row }) => toLabel(row, model.name));
  }

  /**
   * Newest first; `before` is the id of the last label of the page before.
   * @throws `label-not-found`
   */
  async list({ limit, before }: { limit: number; before?: string }): Promise<Label[]> {
    const cursor =
      before === undefined ? null : await this.prisma.label.findUnique({ where: { id: before } });
    if (before !== undefined && cursor === null)
      throw new DomainError(
        'label-not-found',
        `there is no label ${before} to continue from: start again without "before"`,
        { details: { before } },
      );
    const rows = await this.prisma.label.findMany({
      where: olderThan(cursor),
      ...newestFirst(limit),
      include: withModel,
    });
    return rows.map(({ model, ...row }) => toLabel(row, model.name));
  }
}

function alreadyGiven(i: number, { decisionId, model }: Grade, given: LabelRow): DomainError {
  return refusedGrade(
    'label-given',
    i,
    'score',
    `${model} has been graded on decision ${decisionId} already, with ${given.score}: a grade stands`,
  );
}

function toLabel({ modelId: _modelId, ...row }: LabelRow, model: string): Label {
  return { ...row, model };
}
