import { findUnit, type Unit } from './units.js';

/** A number in a text with what follows it. */
export interface Quantity {
  value: number;
  unit?: Unit;
  start: number;
  end: number;
}

const INTEGER = String.raw`\d{1,3}(?:,\d{3})+(?![\d,]*,\d)|\d{1,3}(?:[ '’_]\d{3})+(?!\d)|\d+`;
const NUMBER = [
  String.raw`(?<whole>\d+)\s+(?<part>\d+\s?\/\s?\d+)(?![\d/])`,
  String.raw`\(?-?(?<top>${INTEGER})\)?\s?\/\s?\(?(?<bottom>${INTEGER})\)?(?!\s?[\d/])`,
  String.raw`(?<european>\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,\d{1,2}(?![\d,]))`,
  String.raw`(?<base>\d+)\s?\^\s?\(?(?<power>-?\d+)\)?`,
  String.raw`(?<plain>(?:${INTEGER})(?:\.\d+)?|\.\d+)`,
].join('|');
const QUANTITY = new RegExp(
  String.raw`(?<![\p{L}\d_.:/])(?<sign>[-+]\s?|(?:minus|negative)\s+)?(?<currency>[$€£])?\s?(?<inner>[-+])?(?:${NUMBER})` +
    String.raw`(?:\s?[×x*]\s?10\s?\^\s?\(?(?<exponent>[-+]?\d+)\)?|[eE](?<scientific>[-+]?\d+))?` +
    String.raw`(?!:\d)(?:\s*-?\s*(?<scale>hundred|thousand|million|billion)\b)?` +
    String.raw`(?:\s*-?\s*(?<unit>%|percent\b|degrees?\s+(?:celsius|fahrenheit|[CF])\b|°(?:\s?[CFcf]\b)?|[$€£¢]|[\p{L}µ°Ω]+(?:\/[\p{L}]+)?(?:\^\(?\d\)?|[²³])?))?`,
  'giu',
);
const SCALES = new Map([
  ['hundred', 1e2],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
]);

const digits = (text: string): number => Number(text.replace(/[^\d.]/g, ''));

/** All numbers of a plain text with their units, from left to right. */
export function findQuantities(text: string, expectedDimension?: string): Quantity[] {
  const found: Quantity[] = [];
  for (const match of text.matchAll(QUANTITY)) {
    const part = match.groups ?? {};
    let value: number;
    if (part['whole'] !== undefined) {
      const [top = '', bottom = ''] = (part['part'] ?? '').split('/');
      value = Number(part['whole']) + Number(top) / Number(bottom);
    } else if (part['top'] !== undefined) {
      value = digits(part['top']) / digits(part['bottom'] ?? '');
      if (/^\(?-/.test(match[0].replace(/^\s+/, '')) && !part['sign']) value = -value;
    } else if (part['european'] !== undefined) {
      value = Number(part['european'].replaceAll('.', '').replace(',', '.'));
    } else if (part['base'] !== undefined) {
      value = Number(part['base']) ** Number(part['power']);
    } else value = digits(part['plain'] ?? '');
    value *= 10 ** Number(part['exponent'] ?? part['scientific'] ?? 0);
    value *= SCALES.get(part['scale']?.toLowerCase() ?? '') ?? 1;
    if (/^(?:-|minus|negative)/i.test(part['sign'] ?? '') !== (part['inner'] === '-')) {
      value = -value;
    }
    let unit: Unit | undefined;
    let end = match.index + match[0].length;
    if (part['unit'] !== undefined) {
      // "12 in total" and "5 a day" hold no inches or amperes.
      const isWord = /^(?:in|a)$/i.test(part['unit']) && /^\s+\p{L}/u.test(text.slice(end));
      if (!isWord)
        unit = findUnit(part['unit'].replace(/^degrees?\s+|\s/gi, ''), expectedDimension);
      if (!unit) end -= part['unit'].length;
    }
    unit ??= part['currency'] ? findUnit(part['currency']) : undefined;
    found.push({ value, ...(unit && { unit }), start: match.index, end });
  }
  return found;
}

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** The number that opens a text as an English word up to ninety-nine, if one does. */
export function leadingNumberWord(text: string): number | undefined {
  const match = /^([a-z]+)(?:[- ]([a-z]+))?/i.exec(text.trim());
  if (!match) return undefined;
  const first = (match[1] ?? '').toLowerCase();
  const second = (match[2] ?? '').toLowerCase();
  if (SMALL.includes(first)) return second === 'of' ? undefined : SMALL.indexOf(first);
  if (!TENS.includes(first)) return undefined;
  const ones = SMALL.indexOf(second);
  return (TENS.indexOf(first) + 2) * 10 + (ones > 0 && ones < 10 ? ones : 0);
}
