import { createHash } from 'node:crypto';
import { DomainError } from '@zerorouter/contracts';
import type { Database, StoredAnchor } from '@zerorouter/database';
import { textHash } from '@zerorouter/data-set';
import type { PredictorClient } from '../predictions/predictor-client.js';

/** Texts that wait for the predictor together: a large set must not shut live requests out. */
const CHUNK = 250;
/** Nobody waits longer for one answer. */
const LONGEST_MS = 12_000;

interface ItemBank {
  spaces: Pick<Database['spaces'], 'findItems'>;
}

/** An anchor before it has coordinates. */
export type AnchorText = Pick<StoredAnchor, 'id' | 'text' | 'domain' | 'grader'>;

/**
 * Gives anchors their coordinates in a latent space: calibrated ones where the item bank knows the
 * text, the predictor's with their uncertainty everywhere else.
 * @throws DomainError `overloaded` when that takes too long: the predictor remembers what it has done, and asked again
 *   it goes on from there. What the predictor throws.
 */
export async function placeAnchors(
  anchors: readonly AnchorText[],
  spaceVersion: string,
  database: ItemBank,
  predictor: Pick<PredictorClient, 'predict'>,
  /** Ms, from whenever. */
  now: () => number = () => performance.now(),
): Promise<StoredAnchor[]> {
  const placed: StoredAnchor[] = [];
  const begun = now();
  for (let first = 0; first < anchors.length; first += CHUNK) {
    if (now() - begun > LONGEST_MS)
      throw new DomainError(
        'overloaded',
        `${first} of ${anchors.length} anchors have been placed so far, and predictors are busy; nothing is stored yet: ask again, and it goes on from there`,
      );
    placed.push(
      ...(await placeChunk(anchors.slice(first, first + CHUNK), spaceVersion, database, predictor)),
    );
  }
  return placed;
}

async function placeChunk(
  anchors: readonly AnchorText[],
  spaceVersion: string,
  database: ItemBank,
  predictor: Pick<PredictorClient, 'predict'>,
): Promise<StoredAnchor[]> {
  const hashes = anchors.map(({ text }) => textHash(text));
  const bank = new Map(
    (await database.spaces.findItems(spaceVersion, hashes)).map((item) => [item.hash, item]),
  );
  return Promise.all(
    anchors.map(async ({ id, text, domain, grader }, i) => {
      const sha256 = createHash('sha256').update(text).digest('hex');
      const latents = await predictor.predict(spaceVersion, text, sha256);
      const { discrimination, difficulty, difficultyVariance } = bank.get(hashes[i]!) ?? latents;
      return {
        id,
        text,
        domain,
        grader,
        discrimination: [...discrimination],
        difficulty,
        difficultyVariance,
        logOutputTokens: latents.logOutputTokens,
      };
    }),
  );
}
