import { createHash } from 'node:crypto';
import type { Anchor } from '@zerorouter/anchors';
import type { SpaceManifest } from '@zerorouter/contracts';
import type { Database, JsonObject, StoredAnchor } from '@zerorouter/database';

/** The seed of the anchor set that everybody gets. */
const STARTER_SEED = 1;

/**
 * Digest of the anchors of that seed: it stands for them, so that a setup with nothing to do need
 * not draw them. A test says when it is no longer theirs.
 */
export const STARTER_BANK = '064be84a4770dd21';

/** The digest of a set of anchors, by their ids. */
export function anchorsDigest(anchors: readonly Pick<Anchor, 'id'>[]): string {
  const ids = anchors.map(({ id }) => id).join('\n');
  return createHash('sha256').update(ids).digest('hex').slice(0, 16);
}

export async function drawStarterAnchors(): Promise<Anchor[]> {
  const { drawAnchors } = await import('@zerorouter/anchors');
  return drawAnchors({ seed: STARTER_SEED });
}

/**
 * Stores the starter anchors with their place in the given space, as its predictor sees them. Once
 * for every bank and space: other anchors, or another space, make another set.
 */
export async function seedAnchors(
  database: Database,
  space: SpaceManifest,
  environment: NodeJS.ProcessEnv,
  note: (line: string) => void,
): Promise<void> {
  const id = `starter-${STARTER_BANK}-${space.version}`;
  const stored = (await database.anchors.sets()).find((set) => set.id === id);
  // They are stored in one statement: a set that was cut short is empty.
  if (stored !== undefined && stored.anchors > 0) {
    return;
  }
  const anchors = await drawStarterAnchors();
  const located = await locate(anchors, database, space, environment);
  if (located === null) {
    note(`no anchors for ${space.version}: ENCODER is not the one that it was learnt with`);
    return;
  }
  await database.anchors.createSet({ id, name: 'starter', spaceVersion: space.version });
  await database.anchors.addAnchors(id, located);
  note(`stored ${anchors.length} anchors`);
}

/** The anchors with coordinates from the space's predictor; null on another encoder than its own. */
async function locate(
  anchors: readonly Anchor[],
  database: Database,
  manifest: SpaceManifest,
  environment: NodeJS.ProcessEnv,
): Promise<StoredAnchor[] | null> {
  // Loaded for the first seeding only: they bring Nest and the ONNX runtime along.
  const [{ loadConfig, encoderSettings }, { openQueryPredictor }] = await Promise.all([
    import('@zerorouter/platform'),
    import('@zerorouter/pipelines'),
  ]);
  const headOnnx = await database.spaces.predictorOnnx(manifest.version);
  if (headOnnx === null) {
    throw new Error(`the latent space ${manifest.version} has just been stored and is gone`);
  }
  const encoder = encoderSettings(loadConfig(environment));
  let predictor: Awaited<ReturnType<typeof openQueryPredictor>>;
  try {
    predictor = await openQueryPredictor({ encoder, manifest, headOnnx });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'encoder_mismatch') {
      return null;
    }
    throw error;
  }
  try {
    return await Promise.all(
      anchors.map(async ({ id, text, domain, grader }) => {
        const { discrimination, difficulty, difficultyVariance, logOutputTokens } =
          await predictor.predict(text);
        // As it will come back from the database: options that are not given are not there.
        const stored = JSON.parse(JSON.stringify(grader)) as JsonObject;
        return {
          id,
          text,
          domain,
          grader: stored,
          discrimination,
          difficulty,
          difficultyVariance,
          logOutputTokens,
        };
      }),
    );
  } finally {
    await predictor.close();
  }
}
