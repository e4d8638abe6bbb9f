import { textItem, type Template } from '../template.js';
import { WORD_BANK } from './word-bank.js';

/** Moves each letter by a shift that may depend on its place (0 for the first letter). */
export function encipher(text: string, shift: (place: number) => number): string {
  let place = 0;
  return text.replace(/[a-z]/g, (letter) => {
    const moved = letter.charCodeAt(0) - 97 + shift(place++);
    return String.fromCharCode((((moved % 26) + 26) % 26) + 97);
  });
}

export const shiftCipher: Template = {
  family: 'shift-cipher',
  domain: 'text-operations',
  perLevel: 1,
  draw(level, random) {
    const words = random.sample(WORD_BANK, { 1: 1, 2: 1, 3: 2, 4: 3, 5: 4 }[level]).join(' ');
    const [k, step] = [level === 1 ? 1 : random.int(3, 11), random.int(2, 5)];
    const key = random.pick(['lamp', 'gold', 'ruby', 'fern', 'wolf']);
    const shift = (place: number): number =>
      level < 4 ? k : level === 4 ? k + step * place : key.charCodeAt(place % key.length) - 97 + 1;
    const rule =
      level < 4
        ? `every letter was moved ${k} place${k > 1 ? 's' : ''} forward in the alphabet (after z comes a)`
        : level === 4
          ? `the first letter was moved ${k} places forward in the alphabet, and each further letter ${step} places more than the one before it (after z comes a; spaces do not count)`
          : `the first letter was moved forward in the alphabet by as many places as the first letter of the key "${key}" has in it (a = 1, b = 2, …), the second one by the second letter of the key, and so on, the key being repeated (after z comes a; spaces do not count)`;
    const decode = level !== 1 && level !== 3 ? true : random.chance(0.5);
    const secret = encipher(words, shift);
    const [given, answer] = decode ? [secret, words] : [words, secret];
    const ask = decode
      ? `In a secret message, ${rule}. The message reads "${given}". What is the original text?`
      : `In a secret message, ${rule}. How is "${given}" written in it?`;
    return textItem(random, {
      question: ask,
      level,
      answer,
      effort: words.length * (level > 3 ? 4 : 2) + k,
      slips: [
        encipher(answer, () => 1),
        encipher(given, shift) === answer ? given : encipher(given, (place) => -shift(place) + 1),
        given,
        answer.slice(0, -1),
      ],
      what: 'the text',
    });
  },
};
