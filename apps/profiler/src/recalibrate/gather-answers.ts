import { isDeepStrictEqual } from 'node:util';
import { DomainError, FEWEST_RECALIBRATION_MODELS } from '@zerorouter/contracts';
import type { RecalibrationOptions } from '@zerorouter/contracts';
import { textHash } from '@zerorouter/data-set';
import type { AnchorMeasurement, Database, StoredAnchor } from '@zerorouter/database';
import { continueRun, gradedAnswers } from '@zerorouter/onboarding';
import type { RecalibrationTask } from '@zerorouter/pipelines';
import { openRun } from '../onboardings/open-run.js';

export interface GatheredAnswers {
  readonly task: RecalibrationTask;
  /** Of the set; `anchors[i]` is the task's anchor `place[i]`, where texts that are alike are one. */
  readonly setName: string;
  readonly anchors: readonly StoredAnchor[];
  readonly place: readonly number[];
  /** Beside the task's models. */
  readonly modelIds: readonly string[];
}

/**
 * Reads what a recalibration is made from: the space, the set, and every model's newest answers.
 * @throws DomainError `space-not-found`, `anchor-set-not-found`, `too-few-profiles` when they are gone since.
 */
export async function gatherAnswers(
  database: Database,
  options: RecalibrationOptions,
): Promise<GatheredAnswers> {
  const { space_version: version, anchor_set: setId, seed } = options;
  const [space, predictorOnnx, set] = await Promise.all([
    database.spaces.get(version),
    database.spaces.predictorOnnx(version),
    database.anchors.find(setId, version),
  ]);
  if (space === null || predictorOnnx === null)
    throw new DomainError('space-not-found', `there is no latent space "${version}" any more`);
  if (set === null)
    throw new DomainError('anchor-set-not-found', `there is no anchor set "${setId}" any more`);
  const measurements = await database.calibrations.measurements(set.id, version);
  if (measurements.length < FEWEST_RECALIBRATION_MODELS)
    throw new DomainError(
      'too-few-profiles',
      `${measurements.length} models have answered the anchor set "${set.name}" in ${version}, a recalibration needs ${FEWEST_RECALIBRATION_MODELS}`,
    );
  const anchors = await database.anchors.list(set.id);
  const hashes = anchors.map(({ text }) => textHash(text));
  const unique = [...new Set(hashes)];
  const at = new Map(unique.map((hash, index) => [hash, index]));
  const place = hashes.map((hash) => at.get(hash)!);
  const textOf = new Map(anchors.map(({ text }, i) => [hashes[i]!, text]));
  const bank = new Map(
    (await database.spaces.findItems(version, unique)).map((item) => [item.hash, item]),
  );
  const models: RecalibrationTask['models'][number][] = [];
  for (const measurement of measurements)
    models.push(await readAnswers(database, measurement, version, place));
  return {
    task: {
      space: { manifest: space.manifest, predictorOnnx },
      anchorSet: {
        name: set.name,
        anchors: unique.map((hash) => ({
          text: textOf.get(hash)!,
          known: bank.get(hash) ?? null,
        })),
      },
      models,
      seed,
    },
    setName: set.name,
    anchors,
    place,
    modelIds: measurements.map(({ modelId }) => modelId),
  };
}

/**
 * One model's graded answers, and what was known of its ability before them. Its profile rests on them
 * when its ability is the one that they told: an active model that was held keeps another, and so does
 * one that was measured on other anchors since.
 */
async function readAnswers(
  database: Database,
  { onboardingId, modelId, model, ability }: AnchorMeasurement,
  spaceVersion: string,
  place: readonly number[],
): Promise<RecalibrationTask['models'][number]> {
  const onboarding = await database.onboardings.get(onboardingId);
  if (onboarding === null)
    throw new DomainError(
      'onboarding-not-found',
      `there is no onboarding "${onboardingId}" any more`,
    );
  const { start } = await openRun(database, onboarding);
  const state = continueRun(start, await database.anchorAnswers.list(onboardingId));
  const stored = await database.profiles.get(modelId, { spaceVersion });
  return {
    model,
    prior: state.prior,
    answers: gradedAnswers(state, 'all').map(({ query, score }) => ({
      anchor: place[query]!,
      score,
    })),
    refit: isDeepStrictEqual(stored?.profile.ability, ability),
  };
}
