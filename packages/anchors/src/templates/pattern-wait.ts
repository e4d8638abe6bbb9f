import { numericItem, type Template } from '../template.js';

/** Pattern length and the odds of heads as [numerator, denominator]. */
const SHAPES = {
  1: { length: 1, odds: [1, 4] },
  2: { length: 1, odds: [3, 8] },
  3: { length: 2, odds: [1, 2] },
  4: { length: 4, odds: [1, 2] },
  5: { length: 4, odds: [1, 3] },
} as const;

/**
 * Expected number of flips until the pattern first occurs: Σ over the borders of the pattern (prefixes
 * that are suffixes too, itself included) of 1 / P(prefix). Conway; Li (1980).
 */
export function expectedWait(pattern: string, heads: number): number {
  let expected = 0;
  for (let length = 1; length <= pattern.length; length++) {
    const prefix = pattern.slice(0, length);
    if (!pattern.endsWith(prefix)) continue;
    expected += [...prefix].reduce(
      (inverse, side) => inverse / (side === 'H' ? heads : 1 - heads),
      1,
    );
  }
  return expected;
}

export const patternWait: Template = {
  family: 'pattern-wait',
  domain: 'probability',
  perLevel: 1,
  draw(level, random) {
    const { length, odds } = SHAPES[level];
    const denominator = level === 1 ? random.int(2, 9) : level === 2 ? random.int(5, 12) : odds[1];
    const numerator = level === 2 ? random.int(2, 4) : odds[0];
    const heads = numerator / denominator;
    const pattern =
      length === 1 ? 'H' : Array.from({ length }, () => random.pick(['H', 'T'])).join('');
    const coin =
      heads === 0.5
        ? 'A fair coin'
        : `A coin that shows heads with probability ${numerator}/${denominator}`;
    const goal =
      length === 1
        ? 'the first time heads comes up'
        : `the sequence ${[...pattern].join('-')} (H heads, T tails) has just come up in consecutive flips for the first time`;
    const value = expectedWait(pattern, heads);
    const naive = [...pattern].reduce(
      (inverse, side) => inverse / (side === 'H' ? heads : 1 - heads),
      1,
    );
    return numericItem(random, {
      question: `${coin} is flipped until ${goal}. What is the expected number of flips? Give it as a fraction or to at least two decimals.`,
      level,
      value,
      tolerance: 0.0051,
      reference: formatWait(value),
      slips: [naive === value ? naive + 1 : naive, value / 2, 2 ** length + length],
      effort: length ** 2 * 4 + denominator + level,
      what: 'the expected number',
    });
  },
};

const formatWait = (value: number): string => String(Number(value.toFixed(4)));
