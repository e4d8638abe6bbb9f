import { seededRandom } from '@zerorouter/latent-space';
import { streamSeed } from './stream-seed.js';

/** One anchor of so many is held out, and none where fewer are asked than this. */
const EVERY = 8;
const FEWEST_ASKED = 12;

/** Which positions of a run are hold-outs, and which anchors stand there. */
export interface HoldOutPlan {
  /** Anchors, in the order in which they are asked. */
  readonly anchors: readonly number[];
  /** Whether the anchor at this position of the run is held out. */
  readonly isHeldOut: (position: number) => boolean;
  /** Hold-outs before this position. */
  readonly before: (position: number) => number;
  /** Position of the chosen (not held out) anchor of this rank. */
  readonly positionOfChosen: (rank: number) => number;
}

/**
 * The last of every eight anchors is held out: drawn uniformly before anything is asked, so that neither
 * the design nor an answer has a say in it.
 *
 * @param available anchors that may be asked.
 * @param length anchors of the whole run.
 */
export function planHoldOuts(
  available: readonly number[],
  length: number,
  seed: number,
): HoldOutPlan {
  const count = length < FEWEST_ASKED ? 0 : Math.floor(length / EVERY);
  const order = seededRandom(streamSeed(seed, 0)).permutation(available.length);
  const before = (position: number) => Math.min(count, Math.floor(position / EVERY));
  return {
    anchors: Array.from(order.subarray(0, count), (at) => available[at]),
    isHeldOut: (position) => position % EVERY === EVERY - 1 && position < EVERY * count,
    before,
    positionOfChosen: (rank) => rank + Math.min(count, Math.floor(rank / (EVERY - 1))),
  };
}

/**
 * Hold-outs among answers that were collected elsewhere: the same share, drawn at random.
 * @returns one flag an answer.
 */
export function drawHoldOuts(answers: number, seed: number): boolean[] {
  const indices = Array.from({ length: answers }, (_, i) => i);
  const heldOut = new Set(planHoldOuts(indices, answers, seed).anchors);
  return indices.map((i) => heldOut.has(i));
}
