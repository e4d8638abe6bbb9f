import { numericItem, textItem, type Template } from '../template.js';
import { WORD_BANK } from './word-bank.js';

export const letterWork: Template = {
  family: 'letter-work',
  domain: 'text-operations',
  perLevel: 2,
  draw(level, random) {
    const reverse = (text: string): string => [...text].reverse().join('');
    if (level === 1) {
      const word = random.pick(WORD_BANK.filter((each) => each.length > 5));
      return textItem(random, {
        question: `Spell the word "${word}" backwards.`,
        level,
        answer: reverse(word),
        effort: word.length,
        slips: [word, reverse(word).slice(1), reverse(word.slice(1)) + word[0] + word[0]],
        what: 'the reversed word',
      });
    }
    if (level === 2) {
      const words = random.sample(WORD_BANK, 4);
      const text = words.join(' ');
      const letter = random.pick([...words.join('')]);
      const value = [...text].filter((each) => each === letter).length;
      return numericItem(random, {
        question: `How many times does the letter "${letter}" occur in "${text}"?`,
        level,
        value,
        slips: [value - 1 || 9, value + 2],
        effort: text.length,
      });
    }
    const count = { 3: 5, 4: 7, 5: 10 }[level];
    const words = random.sample(WORD_BANK, count);
    const nth = random.int(2, 3);
    const fromEnd = level > 3 && random.chance(0.5);
    const pickLetter = (word: string): string =>
      word[fromEnd ? word.length - nth : nth - 1] as string;
    const steps = [
      `Take the ${nth === 2 ? 'second' : 'third'} letter${fromEnd ? ' from the end' : ''} of each of these words, in order: ${words.join(', ')}. Join them to one string.`,
    ];
    let text = words.map(pickLetter).join('');
    const stages = [text];
    const operations: [string, (value: string) => string][] = [
      ['Reverse the string.', reverse],
      [
        'Swap the first half and the second half (for an odd length, the middle letter stays in the middle).',
        (value) => {
          const half = Math.floor(value.length / 2);
          return value.slice(-half) + value.slice(half, value.length - half) + value.slice(0, half);
        },
      ],
      [
        'Replace every vowel (a, e, i, o, u) by the next letter of the alphabet.',
        (value) =>
          value.replace(/[aeiou]/g, (vowel) => String.fromCharCode(vowel.charCodeAt(0) + 1)),
      ],
      [
        'Double the letter in the third place.',
        (value) => value.slice(0, 3) + (value[2] ?? '') + value.slice(3),
      ],
      [
        'Remove every letter that already occurred earlier in the string.',
        (value) => [...new Set(value)].join(''),
      ],
      ['Move the last two letters to the front.', (value) => value.slice(-2) + value.slice(0, -2)],
      [
        'Sort the letters at the odd places (first, third, fifth, …) alphabetically among themselves, leaving the others where they are.',
        (value) => {
          const sorted = [...value].filter((_, i) => i % 2 === 0).sort();
          return [...value]
            .map((letter, i) => (i % 2 === 0 ? (sorted[i / 2] as string) : letter))
            .join('');
        },
      ],
    ];
    for (const [words2, apply] of random.sample(operations, { 3: 1, 4: 3, 5: 6 }[level])) {
      steps.push(words2);
      text = apply(text);
      stages.push(text);
    }
    return textItem(random, {
      question: `Follow these steps.\n\n${steps.map((step, i) => `${i + 1}. ${step}`).join('\n')}`,
      level,
      answer: text,
      effort: count * 5 + steps.length * 10,
      slips: [stages.at(-2) as string, reverse(text), text.slice(1), `${text}s`],
      what: 'the resulting string',
    });
  },
};
