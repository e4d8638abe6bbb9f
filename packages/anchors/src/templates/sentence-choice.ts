import type { Random } from '../random.js';
import { choiceItem, type Template } from '../template.js';

/** English, then Spanish and French with gender; singular and plural forms. */
const NOUNS = [
  {
    en: ['teacher', 'teachers'],
    es: ['el profesor', 'los profesores'],
    fr: ['le professeur', 'les professeurs'],
  },
  { en: ['girl', 'girls'], es: ['la niña', 'las niñas'], fr: ['la fille', 'les filles'] },
  {
    en: ['neighbour', 'neighbours'],
    es: ['el vecino', 'los vecinos'],
    fr: ['le voisin', 'les voisins'],
  },
  {
    en: ['doctor', 'doctors'],
    es: ['el médico', 'los médicos'],
    fr: ['le médecin', 'les médecins'],
  },
] as const;
const OBJECTS = [
  { en: ['letter', 'letters'], es: ['la carta', 'las cartas'], fr: ['la lettre', 'les lettres'] },
  { en: ['book', 'books'], es: ['el libro', 'los libros'], fr: ['le livre', 'les livres'] },
  { en: ['key', 'keys'], es: ['la llave', 'las llaves'], fr: ['la clé', 'les clés'] },
  {
    en: ['bread roll', 'bread rolls'],
    es: ['el panecillo', 'los panecillos'],
    fr: ['le petit pain', 'les petits pains'],
  },
] as const;
/** Per tense (present, past, future): singular and plural. */
const VERBS = [
  {
    en: [
      ['buys', 'buy'],
      ['bought', 'bought'],
      ['will buy', 'will buy'],
    ],
    es: [
      ['compra', 'compran'],
      ['compró', 'compraron'],
      ['comprará', 'comprarán'],
    ],
    fr: [
      ['achète', 'achètent'],
      ['a acheté', 'ont acheté'],
      ['achètera', 'achèteront'],
    ],
  },
  {
    en: [
      ['looks for', 'look for'],
      ['looked for', 'looked for'],
      ['will look for', 'will look for'],
    ],
    es: [
      ['busca', 'buscan'],
      ['buscó', 'buscaron'],
      ['buscará', 'buscarán'],
    ],
    fr: [
      ['cherche', 'cherchent'],
      ['a cherché', 'ont cherché'],
      ['cherchera', 'chercheront'],
    ],
  },
  {
    en: [
      ['forgets', 'forget'],
      ['forgot', 'forgot'],
      ['will forget', 'will forget'],
    ],
    es: [
      ['olvida', 'olvidan'],
      ['olvidó', 'olvidaron'],
      ['olvidará', 'olvidarán'],
    ],
    fr: [
      ['oublie', 'oublient'],
      ['a oublié', 'ont oublié'],
      ['oubliera', 'oublieront'],
    ],
  },
  {
    en: [
      ['sells', 'sell'],
      ['sold', 'sold'],
      ['will sell', 'will sell'],
    ],
    es: [
      ['vende', 'venden'],
      ['vendió', 'vendieron'],
      ['venderá', 'venderán'],
    ],
    fr: [
      ['vend', 'vendent'],
      ['a vendu', 'ont vendu'],
      ['vendra', 'vendront'],
    ],
  },
] as const;
const TIMES = [
  { en: 'on Monday', es: 'el lunes', fr: 'lundi' },
  { en: 'before dinner', es: 'antes de la cena', fr: 'avant le dîner' },
  { en: 'with great care', es: 'con mucho cuidado', fr: 'avec beaucoup de soin' },
  { en: 'without thinking', es: 'sin pensar', fr: 'sans réfléchir' },
];
const CONDITIONS = [
  { en: 'although it is late', es: 'aunque es tarde', fr: "bien qu'il soit tard" },
  { en: 'because it is cold', es: 'porque hace frío', fr: "parce qu'il fait froid" },
  { en: 'if it rains', es: 'si llueve', fr: "s'il pleut" },
  {
    en: 'while the children sleep',
    es: 'mientras duermen los niños',
    fr: 'pendant que les enfants dorment',
  },
];

interface Meaning {
  subject: number;
  many: number;
  tense: number;
  verb: number;
  object: number;
  manyObjects: number;
  negated: number;
  time: number;
  condition: number;
}
type Tongue = 'en' | 'es' | 'fr';

/** The sentence of a meaning. −1 leaves an adverbial out. */
export function sentence(m: Meaning, tongue: Tongue): string {
  const subject = NOUNS[m.subject]?.[tongue][m.many] as string;
  const object = OBJECTS[m.object]?.[tongue][m.manyObjects] as string;
  let verb = VERBS[m.verb]?.[tongue][m.tense]?.[m.many] as string;
  if (m.negated === 1) {
    if (tongue === 'es') verb = `no ${verb}`;
    else if (tongue === 'fr') {
      const [first, ...rest] = verb.split(' ') as [string, ...string[]];
      verb = [/^[aeiouéo]/.test(first) ? `n'${first}` : `ne ${first}`, 'pas', ...rest].join(' ');
    } else {
      const base = VERBS[m.verb]?.en[0][1];
      verb = [
        m.many ? `do not ${base}` : `does not ${base}`,
        `did not ${base}`,
        `will not ${base}`,
      ][m.tense] as string;
    }
  }
  const parts = [
    tongue === 'en' ? `the ${subject}` : subject,
    verb,
    tongue === 'en' ? `the ${object}` : object,
  ];
  if (m.time >= 0) parts.push(TIMES[m.time]?.[tongue] as string);
  if (m.condition >= 0) parts.push(CONDITIONS[m.condition]?.[tongue] as string);
  const text = parts.join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Which parts of the meaning the wrong options change, from coarse to fine. */
const CHANGES: Record<number, (keyof Meaning)[]> = {
  1: ['object', 'verb', 'subject'],
  2: ['object', 'verb', 'tense', 'many'],
  3: ['tense', 'many', 'manyObjects', 'time'],
  4: ['tense', 'many', 'manyObjects', 'negated', 'time', 'condition'],
  5: ['tense', 'many', 'manyObjects', 'negated', 'condition'],
};
const COUNTS: Record<keyof Meaning, number> = {
  subject: 4,
  many: 2,
  tense: 3,
  verb: 4,
  object: 4,
  manyObjects: 2,
  negated: 2,
  time: 4,
  condition: 4,
};

export const sentenceChoice: Template = {
  family: 'sentence-choice',
  domain: 'translation',
  perLevel: 2,
  draw(level, random: Random) {
    const meaning: Meaning = {
      subject: random.int(0, 3),
      many: random.int(0, 1),
      tense: level === 1 ? 0 : random.int(0, 2),
      verb: random.int(0, 3),
      object: random.int(0, 3),
      manyObjects: random.int(0, 1),
      negated: level >= 4 ? random.int(0, 1) : 0,
      time: level >= 3 ? random.int(0, 3) : -1,
      condition: level >= 4 ? random.int(0, 3) : -1,
    };
    const foreign = random.pick(['es', 'fr'] as const);
    const toEnglish = random.chance(level < 3 ? 0.5 : 0.25);
    // A level-5 item is a chain: the wrong options stray further from each other's fine points.
    const [source, target]: [Tongue, Tongue] = toEnglish
      ? [foreign, 'en']
      : level === 5
        ? [foreign, foreign === 'es' ? 'fr' : 'es']
        : ['en', foreign];
    const changed = (keys: (keyof Meaning)[]): Meaning =>
      keys.reduce<Meaning>(
        (m, key) => ({ ...m, [key]: (m[key] + random.int(1, COUNTS[key] - 1)) % COUNTS[key] }),
        meaning,
      );
    const correct = sentence(meaning, target);
    const wrong = new Set<string>();
    while (wrong.size < (level >= 4 ? 5 : 3)) {
      const option = sentence(
        changed(
          random.sample(
            CHANGES[level] as (keyof Meaning)[],
            level >= 4 && random.chance(0.3) ? 2 : 1,
          ),
        ),
        target,
      );
      if (option !== correct) wrong.add(option);
    }
    const names = { en: 'English', es: 'Spanish', fr: 'French' };
    return choiceItem(random, {
      question: `Which ${names[target]} sentence is the exact translation of this ${names[source]} sentence?\n\n${sentence(meaning, source)}`,
      level,
      correct,
      distractors: [...wrong],
      effort: correct.split(' ').length * level + wrong.size,
    });
  },
};
