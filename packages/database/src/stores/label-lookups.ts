import { DomainError } from '@zerorouter/contracts';
import type { ModelProfile, QueryLatents } from '@zerorouter/contracts';
import type { Transaction } from '../connection.js';
import { fromJson } from '../json.js';
import type { JsonObject } from '../json.js';

/** A model's grade on the query of a decision. */
export interface Grade {
  decisionId: string;
  /** Name of the model. */
  model: string;
  /** 0 to 1. */
  score: number;
}

/** @returns ids by name; nobody else learns on those models until the transaction ends. */
export async function lockModels(
  transaction: Transaction,
  grades: readonly Grade[],
): Promise<Map<string, string>> {
  const found = await transaction.model.findMany({
    where: { name: { in: grades.map(({ model }) => model) } },
    select: { id: true, name: true },
  });
  const models = new Map(found.map(({ id, name }) => [name, id]));
  for (const [i, { model }] of grades.entries())
    if (!models.has(model))
      throw refusedGrade('unknown-model', i, 'model', `there is no model "${model}"`);
  // In one order everywhere, so that no two wait for each other. Versions of profiles count under this lock, and
  // whoever learns from feedback takes it too.
  await transaction.$queryRaw`
    SELECT FROM models WHERE id = ANY(${found.map(({ id }) => id)}) ORDER BY id FOR NO KEY UPDATE`;
  return models;
}

export async function findDecisions(
  transaction: Transaction,
  grades: readonly Grade[],
  spaceVersion: string,
): Promise<Map<string, { latents: QueryLatents; keyId: string | null }>> {
  const rows = await transaction.decision.findMany({
    where: { id: { in: grades.map(({ decisionId }) => decisionId) } },
    select: { id: true, keyId: true, latents: true, spaceVersion: true },
  });
  const decisions = new Map(rows.map((row) => [row.id, row]));
  for (const [i, { decisionId }] of grades.entries()) {
    const decision = decisions.get(decisionId);
    if (decision === undefined)
      throw refusedGrade(
        'decision-not-found',
        i,
        'decision_id',
        `there is no decision "${decisionId}"`,
      );
    if (decision.spaceVersion !== spaceVersion)
      throw refusedGrade(
        'decision-of-other-space',
        i,
        'decision_id',
        `decision ${decisionId} was made in latent space ${decision.spaceVersion}, and ${spaceVersion} is active: grade decisions that were made since`,
      );
  }
  return new Map(
    rows.map(({ id, keyId, latents }) => [id, { keyId, latents: fromJson<QueryLatents>(latents) }]),
  );
}

export async function findProfiles(
  transaction: Transaction,
  models: ReadonlyMap<string, string>,
  spaceVersion: string,
): Promise<Map<string, { profile: ModelProfile; version: number }>> {
  const rows = await transaction.modelProfile.findMany({
    where: {
      modelId: { in: [...models.values()] },
      spaceVersion,
      state: { in: ['active', 'shadow'] },
    },
    select: { modelId: true, profile: true, version: true },
  });
  const profiles = new Map(
    rows.map(({ modelId, profile, version }) => [
      modelId,
      { profile: fromJson<ModelProfile>(profile), version },
    ]),
  );
  for (const [name, id] of models)
    if (!profiles.has(id))
      throw new DomainError(
        'not-profiled',
        `${name} has no profile in traffic or in shadow that could learn: onboard or promote it first`,
        { details: { model: name } },
      );
  return profiles;
}

/** What was said before of the same models on the same decisions. */
export async function findEarlier(
  transaction: Transaction,
  grades: readonly Grade[],
  models: ReadonlyMap<string, string>,
) {
  const where = {
    decisionId: { in: grades.map(({ decisionId }) => decisionId) },
    modelId: { in: [...models.values()] },
  };
  const labels = await transaction.label.findMany({ where });
  const feedback = await transaction.feedback.findMany({
    where: { ...where, state: 'learned' },
    select: { decisionId: true, modelId: true, score: true, source: { select: { state: true } } },
  });
  return {
    label: (decisionId: string, modelId: string) =>
      labels.find((row) => row.decisionId === decisionId && row.modelId === modelId) ?? null,
    feedback: (decisionId: string, modelId: string) =>
      feedback
        .filter((row) => row.decisionId === decisionId && row.modelId === modelId)
        .map(({ score, source: { state } }) => ({
          score,
          source: state === null ? null : fromJson<JsonObject>(state),
        })),
  };
}

/** An error of the i-th grade. */
export function refusedGrade(code: string, i: number, field: string, message: string): DomainError {
  const path = `labels.${i}.${field}`;
  return new DomainError(code, `${path}: ${message}`, { details: { errors: [{ path, message }] } });
}
