import type { BankItem, ModelProfile, SpaceManifest } from '@zerorouter/contracts';
import { notifyChange } from '../changes.js';
import type { Transaction } from '../connection.js';
import { toJson } from '../json.js';
import { carryProfiles } from './carry-profiles.js';
import { insertItems, requireSpace } from './space-rows.js';

/** A space as what changes from an earlier one. */
export interface DerivedSpace {
  manifest: SpaceManifest;
  previousVersion: string;
  /** In place of the earlier items of the same texts, and beside all others. */
  items: readonly BankItem[];
  /** Models whose ability changes, by id; all else of their profiles, and all other profiles, stay. */
  abilities: ReadonlyMap<string, ModelProfile['ability']>;
}

/** @throws `space-not-found` */
export async function deriveSpace(
  transaction: Transaction,
  { manifest, previousVersion, items, abilities }: DerivedSpace,
): Promise<void> {
  const { version } = manifest;
  await requireSpace(transaction, previousVersion);
  const created = await transaction.$executeRaw`
    INSERT INTO latent_spaces (version, manifest, state, predictor_onnx)
    SELECT ${version}, ${JSON.stringify(toJson(manifest))}::jsonb, 'draft'::space_state, predictor_onnx
    FROM latent_spaces WHERE version = ${previousVersion}
    ON CONFLICT (version) DO NOTHING`;
  if (created === 0) return;
  const kept = await transaction.$executeRaw`
    INSERT INTO items
      (space_version, position, hash, source, discrimination, difficulty, difficulty_variance)
    SELECT ${version}, row_number() OVER (ORDER BY position) - 1, hash, source, discrimination,
      difficulty, difficulty_variance
    FROM items
    WHERE space_version = ${previousVersion}
      AND hash <> ALL(${items.map(({ hash }) => hash)}::text[])`;
  await insertItems(transaction, version, kept, items);
  await transaction.$executeRaw`
    INSERT INTO subjects (space_version, name, position, profile, mean_score, answers)
    SELECT ${version}, name, position, profile, mean_score, answers
    FROM subjects WHERE space_version = ${previousVersion}`;
  await carryProfiles(transaction, previousVersion, version, abilities);
  await notifyChange(transaction, 'space');
}
