import type { ModelProfile, SpaceManifest } from '@zerorouter/contracts';
import { recalibrationRecordSchema } from '@zerorouter/contracts';
import type { Transaction } from '../connection.js';
import { fromJson } from '../json.js';

/**
 * Copies the profiles of a space into one of the same coordinates, as first versions there; those that it
 * has stay. A model that is being profiled is a draft in it: its run goes on elsewhere.
 * @param abilities that the copies get in place of their own, by the model's id.
 */
export async function carryProfiles(
  transaction: Transaction,
  from: string,
  to: string,
  abilities: ReadonlyMap<string, ModelProfile['ability']>,
): Promise<void> {
  await transaction.$executeRaw`
    WITH carried AS (
      INSERT INTO model_profiles (model_id, space_version, state, state_reason, version, profile, updated_at)
      SELECT model_id, ${to}, CASE state WHEN 'profiling' THEN 'draft' ELSE state END, state_reason, 1,
        CASE WHEN ability IS NULL THEN profile
          ELSE profile || jsonb_build_object('ability', ability::jsonb) END,
        now()
      FROM model_profiles
      LEFT JOIN unnest(
        ${[...abilities.keys()]}::text[],
        ${[...abilities.values()].map((ability) => JSON.stringify(ability))}::text[]
      ) AS refitted(id, ability) ON refitted.id = model_id
      WHERE space_version = ${from}
      ON CONFLICT (model_id, space_version) DO NOTHING
      RETURNING model_id, space_version, version, profile
    )
    INSERT INTO model_profile_versions (model_id, space_version, version, profile)
    SELECT model_id, space_version, version, profile FROM carried`;
}

/**
 * A draft that was recalibrated from the active space is of the hour at which it was made. What has
 * become of the profiles since then, new ones, states, prices, other measurements, goes into it; refitted
 * abilities stay. Nothing happens to any other space.
 */
export async function bringProfilesUpToDate(
  transaction: Transaction,
  version: string,
): Promise<void> {
  const draft = await transaction.latentSpace.findFirst({
    where: { version, state: 'draft' },
    select: { manifest: true },
  });
  const made = recalibrationRecordSchema.safeParse(
    draft && fromJson<SpaceManifest>(draft.manifest).provenance['recalibration'],
  );
  if (!made.success) return;
  const { previousVersion, refitted } = made.data;
  const active = { version: previousVersion, state: 'active' } as const;
  if ((await transaction.latentSpace.count({ where: active })) === 0) return;
  await carryProfiles(transaction, previousVersion, version, new Map());
  await transaction.$executeRaw`
    UPDATE model_profiles AS own
    SET state = CASE now_active.state WHEN 'profiling' THEN 'draft' ELSE now_active.state END,
      state_reason = now_active.state_reason, updated_at = now()
    FROM model_profiles AS now_active
    WHERE own.space_version = ${version} AND now_active.space_version = ${previousVersion}
      AND own.model_id = now_active.model_id`;
  await transaction.$executeRaw`
    WITH wanted AS (
      SELECT own.model_id, CASE WHEN models.name = ANY(${refitted}::text[])
        THEN now_active.profile || jsonb_build_object('ability', own.profile -> 'ability')
        ELSE now_active.profile END AS profile
      FROM model_profiles AS own
      JOIN model_profiles AS now_active USING (model_id)
      JOIN models ON models.id = own.model_id
      WHERE own.space_version = ${version} AND now_active.space_version = ${previousVersion}
    ), changed AS (
      UPDATE model_profiles AS own
      SET profile = wanted.profile, version = own.version + 1, updated_at = now()
      FROM wanted
      WHERE own.space_version = ${version} AND own.model_id = wanted.model_id
        AND own.profile <> wanted.profile
      RETURNING own.model_id, own.space_version, own.version, own.profile
    )
    INSERT INTO model_profile_versions (model_id, space_version, version, profile)
    SELECT model_id, space_version, version, profile FROM changed`;
}
