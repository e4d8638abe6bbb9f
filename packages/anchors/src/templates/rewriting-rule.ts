import { numericItem, textItem, type Template } from '../template.js';

const SHAPES = {
  1: { symbols: 2, rounds: 1, start: 3 },
  2: { symbols: 2, rounds: 2, start: 2 },
  3: { symbols: 3, rounds: 3, start: 1 },
  4: { symbols: 3, rounds: 9, start: 1 },
  5: { symbols: 4, rounds: 14, start: 2 },
} as const;

/** How often each symbol occurs after some rounds of replacing all symbols at once. */
export function countAfter(
  start: string,
  rules: Record<string, string>,
  rounds: number,
): Record<string, number> {
  const tally = (text: string): [string, number][] =>
    Object.keys(rules).map((symbol) => [
      symbol,
      [...text].filter((each) => each === symbol).length,
    ]);
  let counts = Object.fromEntries(tally(start));
  for (let round = 0; round < rounds; round++) {
    const next = Object.fromEntries(Object.keys(rules).map((symbol) => [symbol, 0]));
    for (const [symbol, count] of Object.entries(counts)) {
      for (const [produced, times] of tally(rules[symbol] ?? ''))
        next[produced] = (next[produced] ?? 0) + count * times;
    }
    counts = next;
  }
  return counts;
}

export const rewritingRule: Template = {
  family: 'rewriting-rule',
  domain: 'sequences',
  perLevel: 2,
  draw(level, random) {
    const { symbols, rounds, start } = SHAPES[level];
    const alphabet = random.sample([...'ABDKMRSX'], symbols);
    const rules = Object.fromEntries(
      alphabet.map((symbol, i) => {
        // Every symbol leads to the next one, so that none dies out.
        const rest = Array.from({ length: random.int(1, symbols === 2 ? 2 : symbols - 2) }, () =>
          random.pick(alphabet),
        );
        return [symbol, random.shuffle([alphabet[(i + 1) % symbols] as string, ...rest]).join('')];
      }),
    );
    const first = Array.from({ length: start }, () => random.pick(alphabet)).join('');
    const text = Object.entries(rules)
      .map(([from, to]) => `${from} → ${to}`)
      .join('\n');
    const setting = `In each round, every letter of a string is replaced at the same time by these rules:\n\n${text}\n\nThe string is ${first} at the beginning.`;
    const step = (word: string): string => [...word].map((symbol) => rules[symbol] ?? '').join('');
    if (level <= 3) {
      let word = first;
      for (let round = 0; round < rounds; round++) word = step(word);
      // Rules that make all letters one are no question.
      if (new Set(word).size === 1) return rewritingRule.draw(level, random);
      return textItem(random, {
        question: `${setting} What is it after ${rounds} round${rounds > 1 ? 's' : ''}?`,
        level,
        answer: word,
        effort: rounds * symbols ** 2 + word.length / 4,
        slips: [step(word), word.slice(0, -1), first, word + (alphabet[0] ?? '')],
        what: 'the string',
      });
    }
    const counts = countAfter(first, rules, rounds);
    const asked = random.pick(alphabet);
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const value = counts[asked] as number;
    return numericItem(random, {
      question: `${setting} How many times does the letter ${asked} occur in it after ${rounds} rounds?`,
      level,
      value,
      slips: [
        total,
        (countAfter(first, rules, rounds - 1)[asked] as number) || value + 5,
        value - 1,
      ],
      effort: symbols * rounds * 2,
    });
  },
};
