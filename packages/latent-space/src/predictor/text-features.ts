/**
 * Structural features of a query: what an embedding of its first tokens does not say (length, shape,
 * arithmetic, code, choices, few-shot blocks). All are cheap, bounded and free of any vocabulary
 * learnt from data. Read on the whole text, on its last block, which holds the question of a few-shot
 * prompt, and on its first, which holds a request that documents or tools follow.
 */

/** Characters of a longer text that are read: its first and last halves of this many. */
const READ_LIMIT = 32_768;

const WORD = /[\p{L}\p{N}'’]+/gu;
const OPTION_LINE = /(?:^|\n)\s*\(?([A-J])\s*[).:]\s/g;

/** Named pattern counts, each taken per 100 words or as log(1 + count). */
const PATTERNS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['questionMarks', /\?/g],
  ['numbers', /\d+(?:[.,]\d+)*/g],
  ['longNumbers', /\d{3,}/g],
  ['operators', /[+*/=<>^%]|\s-\s/g],
  ['latex', /\\[a-zA-Z]+|\$/g],
  ['currency', /[$€£¥]\s?\d/g],
  ['brackets', /[()[\]{}]/g],
  ['braces', /[{}]/g],
  ['quotes', /["“”]/g],
  [
    'codeWords',
    /\b(?:def|return|function|class|import|assert|print|lambda|elif|const|var|void)\b/g,
  ],
  ['jsonKeys', /"\w+"\s*:/g],
  ['quantityWords', /\b(?:how many|how much|total|each|per|percent|average|times|twice|half)\b/gi],
  ['logicWords', /\b(?:if|then|either|neither|unless|only|exactly|all|some|none|must|cannot)\b/gi],
  ['negations', /\b(?:not|no|never|except|false|least|incorrect)\b/gi],
  [
    'comparatives',
    /\b(?:more|less|most|older|younger|left|right|before|after|first|last|taller)\b/gi,
  ],
  ['questionWords', /\b(?:what|which|who|whom|when|where|why|how)\b/gi],
  ['personalPronouns', /\b(?:he|she|his|her|they|him|them|I|my|we)\b/g],
  ['instructions', /\b(?:write|find|compute|calculate|determine|prove|explain|list|translate)\b/gi],
  ['conjunctions', /\b(?:and|also|then|both|respectively|as well as)\b/gi],
  ['blanks', /_{2,}|\.{3,}/g],
  ['capitalized', /(?<=[a-z,;]\s)\p{Lu}\p{L}+/gu],
];

/** Named counts over a whole text or its first block, as log(1 + count): how much is asked, of how many. */
const TOOL_NAME = /"name"\s*:/g;
const CONJUNCTION = /\b(?:and|also|both|respectively)\b|[,;]/gi;

const SECTION_FEATURES = [
  'logCharacters',
  'logWords',
  'logLines',
  'wordLength',
  'sentenceLength',
  'distinctWords',
  'digitShare',
  'upperShare',
  'punctuationShare',
  'nonAsciiShare',
  'options',
  'optionLength',
  ...PATTERNS.map(([name]) => name),
] as const;

/** Names of the features, in the order of {@link textFeatures}. */
export const TEXT_FEATURE_NAMES: readonly string[] = [
  ...SECTION_FEATURES.map((name) => `text.${name}`),
  ...SECTION_FEATURES.map((name) => `lastBlock.${name}`),
  ...SECTION_FEATURES.map((name) => `firstBlock.${name}`),
  'blocks',
  'lastBlockShare',
  'toolNames',
  'firstBlockConjunctions',
];

/** The structural features of a text; length {@link TEXT_FEATURE_NAMES}, all finite, about unit scale. */
export function textFeatures(text: string): Float32Array {
  const read =
    text.length <= READ_LIMIT
      ? text
      : `${text.slice(0, READ_LIMIT / 2)}\n${text.slice(-READ_LIMIT / 2)}`;
  const blocks = read.trim().split(/\n\s*\n/);
  const lastBlock = blocks.at(-1) ?? '';
  const firstBlock = blocks[0] ?? '';
  return Float32Array.from([
    ...sectionFeatures(read, text.length),
    ...sectionFeatures(lastBlock, lastBlock.length),
    ...sectionFeatures(firstBlock, firstBlock.length),
    Math.log1p(blocks.length),
    lastBlock.length / Math.max(1, read.length),
    Math.log1p(count(read, TOOL_NAME)),
    Math.log1p(count(firstBlock, CONJUNCTION)),
  ]);
}

function sectionFeatures(section: string, characters: number): number[] {
  const words = section.match(WORD) ?? [];
  const wordCount = Math.max(1, words.length);
  const length = Math.max(1, section.length);
  const sentences = Math.max(1, count(section, /[.!?](?=\s|$)/g));
  const options = [...section.matchAll(OPTION_LINE)];
  const optionLength =
    options.length < 2 ? 0 : Math.log1p((section.length - options[0].index) / options.length);
  return [
    Math.log1p(characters),
    Math.log1p(words.length),
    Math.log1p(count(section, /\n/g)),
    words.reduce((sum, word) => sum + word.length, 0) / wordCount / 5,
    Math.log1p(words.length / sentences),
    new Set(words.map((word) => word.toLowerCase())).size / wordCount,
    count(section, /\d/g) / length,
    count(section, /\p{Lu}/gu) / length,
    count(section, /[^\p{L}\p{N}\s]/gu) / length,
    count(section, /[\u0080-\u{10ffff}]/gu) / length,
    Math.min(10, options.length) / 5,
    optionLength / 3,
    ...PATTERNS.map(([, pattern]) => Math.log1p((100 * count(section, pattern)) / wordCount) / 2),
  ];
}

function count(section: string, pattern: RegExp): number {
  return section.match(pattern)?.length ?? 0;
}
