const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const MONTH = MONTHS.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)}|t)?\\.?`).join('|');

const DATE_PATTERNS: { pattern: RegExp; order: 'ymd' | 'dmy' | 'mdy' | 'numeric' }[] = [
  { pattern: /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/g, order: 'ymd' },
  {
    pattern: new RegExp(
      `(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?(?: of)? (${MONTH}),? (\\d{4})(?!\\d)`,
      'gi',
    ),
    order: 'dmy',
  },
  {
    pattern: new RegExp(`\\b(${MONTH}) (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})(?!\\d)`, 'gi'),
    order: 'mdy',
  },
  { pattern: /(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)/g, order: 'numeric' },
];

/**
 * The dates of a text as YYYY-MM-DD, each once. 05/03/2024 could be two days: it is read only when
 * one of its numbers cannot be a month.
 */
export function findDates(text: string): string[] {
  const found: string[] = [];
  for (const { pattern, order } of DATE_PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const [, first = '', second = '', third = ''] = match;
      const month = (name: string): number =>
        MONTHS.findIndex((candidate) => candidate.startsWith(name.slice(0, 3).toLowerCase())) + 1;
      if (order === 'ymd') found.push(isoDate(Number(first), Number(second), Number(third)));
      if (order === 'dmy') found.push(isoDate(Number(third), month(second), Number(first)));
      if (order === 'mdy') found.push(isoDate(Number(third), month(first), Number(second)));
      if (order !== 'numeric') continue;
      if (Number(first) > 12) found.push(isoDate(Number(third), Number(second), Number(first)));
      else if (Number(second) > 12)
        found.push(isoDate(Number(third), Number(first), Number(second)));
    }
  }
  return [...new Set(found.filter((date) => date !== ''))];
}

function isoDate(year: number, month: number, day: number): string {
  if (month < 1 || month > 12 || day < 1 || day > 31) return '';
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The times of day of a text as 24-hour HH:MM, each once. */
export function findClocks(text: string): string[] {
  const pattern =
    /(?<![\d:.])(\d{1,2})[:.h](\d{2})(?::\d{2})?(?![\d:])\s*([ap]\.?\s?m\b\.?)?|(?<![\d:.])(\d{1,2})\s*([ap]\.?\s?m\b\.?)|\b(noon|midnight)\b/gi;
  const found: string[] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[6] !== undefined) {
      found.push(match[6].toLowerCase() === 'noon' ? '12:00' : '00:00');
      continue;
    }
    let hour = Number(match[1] ?? match[4]);
    const minute = Number(match[2] ?? 0);
    const half = (match[3] ?? match[5])?.[0]?.toLowerCase();
    if (half === 'p' && hour < 12) hour += 12;
    if (half === 'a' && hour === 12) hour = 0;
    if (hour === 24) hour = 0;
    if (hour > 23 || minute > 59) continue;
    found.push(`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  }
  return [...new Set(found)];
}
