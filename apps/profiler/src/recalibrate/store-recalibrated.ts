import { createHash } from 'node:crypto';
import type { Database } from '@zerorouter/database';
import type { RecalibratedSpace } from '@zerorouter/pipelines';
import type { GatheredAnswers } from './gather-answers.js';

/**
 * Stores the draft with all profiles, and the set at its places in it. Idempotent: whatever was stored
 * before a run was cut short stays.
 */
export async function storeRecalibrated(
  database: Pick<Database, 'spaces' | 'anchors'>,
  { task, setName, anchors, place, modelIds }: GatheredAnswers,
  { manifest, items, anchors: placed, abilities }: RecalibratedSpace,
): Promise<void> {
  const { version } = manifest;
  await database.spaces.derive({
    manifest,
    previousVersion: task.space.manifest.version,
    items,
    abilities: new Map(
      task.models.flatMap(({ refit }, i) => (refit ? [[modelIds[i]!, abilities[i]!]] : [])),
    ),
  });
  const content = JSON.stringify([setName, version, anchors.map(({ id, text }) => [id, text])]);
  const id = `anc_${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
  await database.anchors.createSet({ id, name: setName, spaceVersion: version });
  await database.anchors.addAnchors(
    id,
    anchors.map((anchor, i) => ({ ...anchor, ...placed[place[i]!]! })),
  );
}
