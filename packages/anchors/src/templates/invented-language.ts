import { textItem, type Template } from '../template.js';

const SYLLABLES = [
  'ba',
  'ko',
  'mi',
  'tu',
  'se',
  'ra',
  'no',
  'li',
  've',
  'du',
  'pa',
  'zi',
  'go',
  'fe',
];
const NOUNS = ['dog', 'farmer', 'child', 'bird', 'river', 'house'];
const VERBS = [
  ['see', 'sees', 'saw'],
  ['find', 'finds', 'found'],
  ['carry', 'carries', 'carried'],
  ['wait for', 'waits for', 'waited for'],
] as const;
const ADJECTIVES = ['old', 'small', 'red', 'quick'];

interface Phrase {
  noun: number;
  adjective: number | null;
  plural: boolean;
}
interface Sentence {
  subject: Phrase;
  verb: number;
  object: Phrase;
  past: boolean;
  negated: boolean;
}

export const inventedLanguage: Template = {
  family: 'invented-language',
  domain: 'translation',
  perLevel: 2,
  draw(level, random) {
    const used = new Set<string>();
    const coin = (count: number): string => {
      for (;;) {
        const word = Array.from({ length: count }, () => random.pick(SYLLABLES)).join('');
        if (used.has(word)) continue;
        used.add(word);
        return word;
      }
    };
    const lexicon = {
      nouns: NOUNS.map(() => coin(2)),
      verbs: VERBS.map(() => coin(2)),
      adjectives: ADJECTIVES.map(() => coin(2)),
    };
    const marks = {
      plural: random.pick(['n', 'sh', 'm']),
      object: random.pick(['ka', 'lo', 'te']),
      past: random.pick(['u', 'wa', 'o']),
      negation: random.pick(['nim', 'tok', 'zul']),
    };
    const order = random.pick([
      ['S', 'O', 'V'],
      ['V', 'S', 'O'],
      ['O', 'V', 'S'],
    ]);
    const features = {
      adjectives: level >= 2,
      past: level >= 3,
      objectMark: level >= 3,
      agreement: level >= 4,
      negation: level >= 4,
      harmony: level >= 5,
    };

    const phrase = (p: Phrase, isObject: boolean): string => {
      let noun = lexicon.nouns[p.noun] as string;
      // Harmony: after a word whose last vowel is i or e, the plural mark is doubled by an i before it.
      const plural = (word: string): string =>
        p.plural ? word + (features.harmony && /[ie]$/.test(word) ? 'i' : '') + marks.plural : word;
      noun = plural(noun) + (isObject && features.objectMark ? marks.object : '');
      if (p.adjective === null) return noun;
      let adjective = lexicon.adjectives[p.adjective] as string;
      if (features.agreement) adjective = plural(adjective);
      return `${noun} ${adjective}`;
    };
    const translate = (s: Sentence): string => {
      const verb =
        (s.past ? marks.past : '') +
        lexicon.verbs[s.verb] +
        (s.negated ? ` ${marks.negation}` : '');
      const parts: Record<string, string> = {
        S: phrase(s.subject, false),
        O: phrase(s.object, true),
        V: verb,
      };
      return order.map((part) => parts[part]).join(' ');
    };
    const english = (s: Sentence): string => {
      const name = (p: Phrase): string =>
        `the ${p.adjective === null ? '' : `${ADJECTIVES[p.adjective]} `}${
          p.plural
            ? (NOUNS[p.noun] as string)
                .replace(/child$/, 'children')
                .replace(/([^n])$/, '$1s')
                .replace('houses', 'houses')
            : NOUNS[p.noun]
        }`;
      const [base, singular, past] = VERBS[s.verb] as (typeof VERBS)[number];
      const verb = s.negated
        ? s.past
          ? `did not ${base}`
          : s.subject.plural
            ? `do not ${base}`
            : `does not ${base}`
        : s.past
          ? past
          : s.subject.plural
            ? base
            : singular;
      return `${name(s.subject)} ${verb} ${name(s.object)}`;
    };
    const makePhrase = (): Phrase => ({
      noun: random.int(0, NOUNS.length - 1),
      adjective:
        features.adjectives && random.chance(0.8) ? random.int(0, ADJECTIVES.length - 1) : null,
      plural: random.chance(0.5),
    });
    const makeSentence = (): Sentence => {
      const [subject, object] = [makePhrase(), makePhrase()];
      if (subject.noun === object.noun) object.noun = (object.noun + 1) % NOUNS.length;
      return {
        subject,
        object,
        verb: random.int(0, VERBS.length - 1),
        past: features.past && random.chance(0.6),
        negated: features.negation && random.chance(0.6),
      };
    };
    const rules = [
      `The order of the parts of a sentence is ${order.map((part) => ({ S: 'subject', O: 'object', V: 'verb' })[part]).join(', ')}. There are no articles.`,
      `The plural of a noun is formed by adding -${marks.plural}.`,
      ...(features.adjectives ? ['Adjectives follow their noun.'] : []),
      ...(features.past
        ? [
            `The past tense is formed by putting ${marks.past}- in front of the verb; the present tense is not marked.`,
          ]
        : []),
      ...(features.objectMark
        ? [
            `The noun of the object takes the ending -${marks.object}, after the plural ending if there is one.`,
          ]
        : []),
      ...(features.agreement
        ? [
            'An adjective takes the same plural ending as its noun, but never the ending of the object.',
          ]
        : []),
      ...(features.negation
        ? [`A sentence is negated by the word ${marks.negation} directly after the verb.`]
        : []),
      ...(features.harmony
        ? [
            `If a noun or adjective ends in i or e, an additional i stands before its plural ending (-i${marks.plural}).`,
          ]
        : []),
    ];
    const dictionary = [
      ...NOUNS.map((word, i) => `${word} = ${lexicon.nouns[i]}`),
      ...VERBS.map(([word], i) => `${word} = ${lexicon.verbs[i]}`),
      ...(features.adjectives
        ? ADJECTIVES.map((word, i) => `${word} = ${lexicon.adjectives[i]}`)
        : []),
    ];
    const [sample, asked] = [makeSentence(), makeSentence()];
    const answer = translate(asked);
    const example = level < 4 ? `\n\nExample: "${english(sample)}" is "${translate(sample)}".` : '';
    const slip = (change: Partial<Sentence>): string => translate({ ...asked, ...change });
    return textItem(random, {
      question: `In an invented language these rules hold:\n\n${rules.map((rule) => `- ${rule}`).join('\n')}\n\nDictionary: ${random.shuffle(dictionary).join(', ')}.${example}\n\nTranslate into this language: "${english(asked)}"`,
      level,
      answer,
      effort: rules.length * 6 + answer.length / 2,
      slips: [
        slip({ subject: asked.object, object: asked.subject }),
        slip({ subject: { ...asked.subject, plural: !asked.subject.plural } }),
        slip({ verb: (asked.verb + 1) % VERBS.length }),
        answer.split(' ').reverse().join(' '),
      ],
      what: 'the translation, in lower case',
    });
  },
};
