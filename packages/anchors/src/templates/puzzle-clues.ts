import type { Random } from '../random.js';

/** A true statement about the solution, as text and as a test of any candidate. */
export interface Clue<Candidate> {
  text: string;
  holds: (candidate: Candidate) => boolean;
}

/**
 * Chooses clues that leave the solution as the only candidate: as long as another candidate fits all
 * that is chosen, a clue that it breaks is added; then clues that the others make superfluous go.
 * `findOther` looks for a candidate besides the solution that fits some clues. Null when even all
 * clues leave another candidate.
 */
export function uniqueClues<Candidate, C extends Clue<Candidate>>(
  findOther: (clues: readonly C[]) => Candidate | null,
  clues: readonly C[],
  random: Random,
): C[] | null {
  const pool = random.shuffle(clues);
  const chosen: C[] = [];
  for (let other = findOther(chosen); other !== null; other = findOther(chosen)) {
    const rival = other;
    const breaking = pool.find((clue) => !clue.holds(rival));
    if (!breaking) return null;
    chosen.push(breaking);
  }
  for (const clue of [...chosen]) {
    const rest = chosen.filter((each) => each !== clue);
    if (findOther(rest) === null) chosen.splice(chosen.indexOf(clue), 1);
  }
  return chosen;
}

/** All orders of 0 … n−1. */
export function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((shorter) =>
    Array.from({ length: n }, (_, at) => [...shorter.slice(0, at), n - 1, ...shorter.slice(at)]),
  );
}
