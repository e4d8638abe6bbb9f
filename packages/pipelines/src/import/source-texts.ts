/**
 * The text of a prompt as the sources keep it: a string, a list of turns, or a list of chat messages
 * (`content`). Turns are joined by a blank line. '' for what holds no text.
 */
export function textOf(value: unknown): string {
  return turnsOf(value).join('\n\n');
}

/** Characters (Unicode code points) of a whole answer; null where there is none. */
export function answerCharacters(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  return turnsOf(value).reduce((sum, turn) => sum + countCharacters(turn), 0);
}

/**
 * What `str()` of a Python list of strings stands for: its strings, or the text itself when it is
 * no such literal.
 */
export function unwrapPythonList(text: string): string[] {
  return parsePythonList(text) ?? [text];
}

function turnsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(turnsOf);
  if (typeof value === 'object' && value !== null && 'content' in value)
    return turnsOf(value.content);
  if (typeof value === 'object' && value !== null && 'text' in value) return turnsOf(value.text);
  return [];
}

/** Code points, as Python's len() counts: a surrogate pair is one. */
function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++)
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00)
      count--;
  return count;
}

/** Strings of a literal such as `['a', "b's"]`; null when the text is anything else. */
function parsePythonList(text: string): string[] | null {
  const list = text.trim();
  if (!list.startsWith('[') || !list.endsWith(']')) return null;
  const end = list.length - 1;
  const strings: string[] = [];
  let at = 1;
  const skipBlanks = () => {
    while (at < end && /\s/.test(list[at]!)) at++;
  };
  skipBlanks();
  while (at < end) {
    const quote = list[at];
    if (quote !== "'" && quote !== '"') return null;
    const begin = ++at;
    while (at < end && list[at] !== quote) at += list[at] === '\\' ? 2 : 1;
    if (at >= end) return null;
    strings.push(unescapePython(list.slice(begin, at)));
    at++;
    skipBlanks();
    if (at === end) return strings;
    if (list[at] !== ',') return null;
    at++;
    skipBlanks();
  }
  return strings;
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unescapePython(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (whole, byte?: string, unit?: string, point?: string, letter?: string) => {
      const hex = byte ?? unit ?? point;
      if (hex === undefined) return ESCAPES[letter!] ?? whole;
      const code = parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
