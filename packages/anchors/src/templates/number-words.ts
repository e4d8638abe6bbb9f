import type { Random } from '../random.js';
import { numericItem, textItem, type Template } from '../template.js';

const GERMAN =
  'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
    ' ',
  );
const GERMAN_TENS = [
  '',
  '',
  'zwanzig',
  'dreißig',
  'vierzig',
  'fünfzig',
  'sechzig',
  'siebzig',
  'achtzig',
  'neunzig',
];
const SPANISH =
  'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve'.split(
    ' ',
  );
const SPANISH_TENS = [
  '',
  '',
  '',
  'treinta',
  'cuarenta',
  'cincuenta',
  'sesenta',
  'setenta',
  'ochenta',
  'noventa',
];
const SPANISH_HUNDREDS = [
  '',
  'ciento',
  'doscientos',
  'trescientos',
  'cuatrocientos',
  'quinientos',
  'seiscientos',
  'setecientos',
  'ochocientos',
  'novecientos',
];
const FRENCH =
  'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf'.split(
    ' ',
  );
const FRENCH_TENS = ['', '', 'vingt', 'trente', 'quarante', 'cinquante', 'soixante'];

/** Cardinal numbers from 0 to 9,999. */
export const LANGUAGES = {
  German: (n: number): string => german(n),
  Spanish: (n: number): string => spanish(n),
  French: (n: number): string => french(n),
};
type Language = keyof typeof LANGUAGES;

function german(n: number): string {
  if (n < 20) return GERMAN[n] as string;
  if (n < 100) {
    const ones = n % 10;
    return `${ones === 0 ? '' : `${ones === 1 ? 'ein' : GERMAN[ones]}und`}${GERMAN_TENS[Math.floor(n / 10)]}`;
  }
  const [unit, word] = n < 1000 ? [100, 'hundert'] : [1000, 'tausend'];
  const [count, rest] = [Math.floor(n / unit), n % unit];
  return `${count === 1 ? 'ein' : german(count)}${word}${rest === 0 ? '' : german(rest)}`;
}

function spanish(n: number): string {
  if (n < 30) return SPANISH[n] as string;
  if (n < 100)
    return `${SPANISH_TENS[Math.floor(n / 10)]}${n % 10 === 0 ? '' : ` y ${SPANISH[n % 10]}`}`;
  if (n === 100) return 'cien';
  if (n < 1000)
    return `${SPANISH_HUNDREDS[Math.floor(n / 100)]}${n % 100 === 0 ? '' : ` ${spanish(n % 100)}`}`;
  const count = Math.floor(n / 1000);
  return `${count === 1 ? '' : `${spanish(count)} `}mil${n % 1000 === 0 ? '' : ` ${spanish(n % 1000)}`}`;
}

function french(n: number): string {
  if (n < 20) return FRENCH[n] as string;
  if (n < 70) {
    const [tens, ones] = [FRENCH_TENS[Math.floor(n / 10)] as string, n % 10];
    return ones === 0 ? tens : ones === 1 ? `${tens} et un` : `${tens}-${FRENCH[ones]}`;
  }
  if (n < 80) return n === 71 ? 'soixante et onze' : `soixante-${FRENCH[n - 60]}`;
  if (n < 100) return n === 80 ? 'quatre-vingts' : `quatre-vingt-${FRENCH[n - 80]}`;
  const [unit, word] = n < 1000 ? [100, 'cent'] : [1000, 'mille'];
  const [count, rest] = [Math.floor(n / unit), n % unit];
  const plural = unit === 100 && count > 1 && rest === 0 ? 's' : '';
  return `${count === 1 ? '' : `${french(count)} `}${word}${plural}${rest === 0 ? '' : ` ${french(rest)}`}`;
}

/** Spellings that are as good: French with hyphens throughout (1990), German without the first "ein". */
export function spellings(language: Language, n: number): string[] {
  const word = LANGUAGES[language](n);
  const others = {
    German: [
      word.replace(/^ein(?=hundert|tausend)/, ''),
      word.replaceAll('ß', 'ss'),
      word.replace('tausendein', 'tausendundein'),
    ],
    Spanish: [],
    French: [word.replaceAll(' ', '-'), word.replaceAll('-', ' ')],
  }[language];
  return [...new Set([word, ...others])];
}

const SIZES = { 1: 19, 2: 99, 3: 999, 4: 999, 5: 9999 } as const;

export const numberWords: Template = {
  family: 'number-words',
  domain: 'translation',
  perLevel: 2,
  draw(level, random: Random) {
    const languages = random.shuffle(Object.keys(LANGUAGES) as Language[]) as [
      Language,
      Language,
      Language,
    ];
    const [from, to, third] = languages;
    const most = SIZES[level];
    const n = random.int(
      level === 1 ? 3 : Math.floor(most / 5),
      level > 3 ? Math.floor(most * 0.45) : most,
    );
    if (level === 1) {
      return numericItem(random, {
        question: `Which number is "${LANGUAGES[from](n)}" (${from}), written with digits?`,
        level,
        value: n,
        slips: [n + 10, n - 1],
        effort: 2,
      });
    }
    const m = random.int(Math.floor(most / 5), Math.floor(most * 0.45));
    const k = random.int(2, 9);
    const value = level < 4 ? n : level === 4 ? n + m : n + m - k;
    const write = `Write the result in words in ${to}, in lower case.`;
    const question = {
      2: `Write the number ${n} in words in ${to}, in lower case.`,
      3: `Translate the ${from} number word "${LANGUAGES[from](n)}" into ${to}, in lower case.`,
      4: `Add the ${from} number "${LANGUAGES[from](n)}" and the ${third} number "${LANGUAGES[third](m)}". ${write}`,
      5: `Add the ${from} number "${LANGUAGES[from](n)}" and the ${third} number "${LANGUAGES[third](m)}", then subtract the ${to} number "${LANGUAGES[to](k)}". ${write}`,
    }[level];
    const [answer, ...accept] = spellings(to, value) as [string, ...string[]];
    return textItem(random, {
      question,
      level,
      answer,
      effort: answer.length * (level - 1),
      slips: [
        LANGUAGES[to](value + 1),
        LANGUAGES[to](value + 10),
        LANGUAGES[third](value),
        String(value),
      ],
      grader: { accept },
      what: 'the words',
    });
  },
};
