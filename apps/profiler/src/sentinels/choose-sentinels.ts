import { createHash } from 'node:crypto';
import type { StoredAnchor } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import type { Random } from '@zerorouter/latent-space';

/** An anchor with a place in a latent space. */
export type PlacedAnchor = StoredAnchor & {
  discrimination: number[];
  difficulty: number;
  difficultyVariance: number;
};

/** The same in every process and every try: a run that was cut short asks the same anchors. */
export function randomOfSlot(modelId: string, slot: number): Random {
  const digest = createHash('sha256').update(`${modelId}:${slot}`).digest();
  return seededRandom(digest.readInt32LE(0));
}

/** Some anchors of a set at random: those that can be graded here and have a place. */
export function chooseSentinels(
  anchors: readonly StoredAnchor[],
  count: number,
  random: Random,
): PlacedAnchor[] {
  const usable = anchors.filter(
    (anchor): anchor is PlacedAnchor => isPlaced(anchor) && anchor.grader['kind'] !== 'score',
  );
  return Array.from(random.permutation(usable.length).subarray(0, count), (i) => usable[i]!);
}

function isPlaced({ discrimination, difficulty, difficultyVariance }: StoredAnchor): boolean {
  return discrimination !== null && difficulty !== null && difficultyVariance !== null;
}
