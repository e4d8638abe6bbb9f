import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spaceManifestSchema, type SpaceManifest } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { readStarterProfiles, STARTER_SPACE_DIR } from '@zerorouter/starter-space';

/**
 * Stores the starter space and the profiles of the models it knows. It becomes active where no space
 * is; one that someone has activated stays, and the starter space waits beside it as a draft.
 */
export async function seedStarterSpace(
  database: Database,
  note: (line: string) => void,
): Promise<SpaceManifest> {
  const manifest = spaceManifestSchema.parse(
    JSON.parse(readFileSync(join(STARTER_SPACE_DIR, 'space.json'), 'utf8')),
  );
  const { version } = manifest;
  if ((await database.spaces.get(version)) === null) {
    const active = await database.spaces.active();
    const state = active === null ? 'active' : 'draft';
    // It brings the ONNX runtime along, which a setup with nothing to do spares itself.
    const { readSpaceFolder } = await import('@zerorouter/pipelines');
    const { items, subjects, predictorOnnx } = readSpaceFolder(STARTER_SPACE_DIR);
    await database.spaces.create({ manifest, items, subjects, predictorOnnx, state });
    note(
      active === null
        ? `stored the starter space ${version} (${items.length} items)`
        : `stored the starter space ${version} as a draft: ${active.manifest.version} stays active`,
    );
  }
  await seedProfiles(database, version, note);
  return manifest;
}

async function seedProfiles(
  database: Database,
  spaceVersion: string,
  note: (line: string) => void,
): Promise<void> {
  const stored = await database.profiles.list({ spaceVersion });
  const known = new Set(stored.map(({ profile }) => profile.model));
  const missing = readStarterProfiles().filter(({ profile }) => !known.has(profile.model));
  for (const { profile, contextWindow, capabilities } of missing) {
    await database.profiles.upsert(
      { profile, spaceVersion, state: 'active', contextWindow, capabilities },
      { existing: 'keep' },
    );
  }
  if (missing.length > 0) {
    note(`stored the profiles of ${missing.length} models`);
  }
}
