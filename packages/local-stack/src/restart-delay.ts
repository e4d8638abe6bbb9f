const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A process that has run for so long is taken to be sound: its next end counts as the first. */
const SOUND_AFTER_MS = 60_000;

/** Ends in a row after this one, given how many there were before it and how long it ran. */
export function countEnds(before: number, ranMs: number): number {
  return ranMs >= SOUND_AFTER_MS ? 1 : before + 1;
}

/** Ms before a process that ended `ends` times in a row is started again: doubling, bounded. */
export function restartDelay(ends: number): number {
  return Math.min(FIRST_MS * 2 ** (ends - 1), LONGEST_MS);
}
