import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnchorDesign } from '@zerorouter/latent-space';
import { findFile } from '@zerorouter/data-set';
import { profileModels } from '../../profile/profile-models.js';
import type { EvaluationData } from '../evaluation-data.js';
import { slug } from './calibrate-part.js';
import type { RunContext } from './run-context.js';
import { writeDataSetPart } from './write-data-set.js';

/** Models of one data set that are new to a space, and the queries that they may be asked. */
export interface Newcomers {
  readonly source: number;
  /** Subject numbers. */
  readonly subjects: readonly number[];
  /** Query numbers; the files of the step hold no other. */
  readonly pool: readonly number[];
}

export interface OnboardingArm {
  readonly design: AnchorDesign;
  readonly anchors: number;
}

/** One run of `profile`. */
export interface OnboardedModels extends OnboardingArm {
  /** Profiles under labels of their own, so that many runs fit into one `predict`. */
  readonly profilesFile: string;
  /** By subject number; a subject without any answer in the pool is missing. */
  readonly models: ReadonlyMap<
    number,
    {
      readonly label: string;
      /** Query numbers in the order in which they were asked. */
      readonly anchors: readonly number[];
      readonly expectedAccuracy: {
        readonly value: number;
        readonly interval: readonly [number, number];
      };
    }
  >;
}

/**
 * Runs `profile` for the newcomers, on a folder that holds the pool's queries and the newcomers'
 * answers to them and nothing else. The profiles are relabelled `<model>@<label>` afterwards: names
 * are read while profiling, and only told apart while predicting.
 */
export async function onboardModels(
  context: RunContext,
  stage: string,
  spaceDir: string,
  newcomers: Newcomers,
  arm: OnboardingArm,
  label = `${arm.design}-${arm.anchors}`,
): Promise<OnboardedModels> {
  const { data } = context;
  const dataSet = data.dataSets[newcomers.source]!;
  const parent = join(spaceDir, '..', 'newcomers', `${slug(stage)}-${label}`);
  mkdirSync(parent, { recursive: true });
  const first = firstQueryOf(data, newcomers.source);
  const pool = new Set(newcomers.pool);
  const names = new Map(newcomers.subjects.map((s) => [data.subjects[s]!.model, s]));
  const folder = writeDataSetPart(
    dataSet,
    parent,
    (q) => pool.has(first + q),
    (model) => names.has(model),
  );
  const profilesFile = join(parent, 'profiles.json');
  if (folder === null) return { ...arm, profilesFile, models: new Map() };
  const outputCharsFile = findFile(join(folder, 'output_chars.csv'));
  const file = await profileModels(
    {
      spaceDir,
      dataDir: folder,
      outcomesFile: join(folder, 'outcomes.csv'),
      anchors: arm.anchors,
      design: arm.design,
      seed: context.seed,
      ...(outputCharsFile === null ? {} : { outputCharsFile }),
      outFile: profilesFile,
    },
    context.encoder,
    (progress) => context.onProgress({ ...progress, stage: `${stage}: ${progress.stage}` }),
  );
  const queryOf = new Map(dataSet.queries.map(({ id }, q) => [id, first + q]));
  const models = new Map(
    file.models.map((profile) => [
      names.get(profile.model)!,
      {
        label: `${profile.model}@${label}`,
        anchors: profile.anchors.map((id) => queryOf.get(id)!),
        expectedAccuracy: profile.expectedAccuracy,
      },
    ]),
  );
  const relabelled = {
    ...file,
    models: file.models.map((profile) => ({
      ...profile,
      model: models.get(names.get(profile.model)!)!.label,
    })),
  };
  writeFileSync(profilesFile, JSON.stringify(relabelled));
  return { ...arm, profilesFile, models };
}

export function firstQueryOf(data: EvaluationData, source: number): number {
  return data.dataSets.slice(0, source).reduce((sum, { queries }) => sum + queries.length, 0);
}
