/** Superscript digits and signs, as LaTeX-free models write powers. */
const SUPERSCRIPTS = new Map([...'⁰¹²³⁴⁵⁶⁷⁸⁹⁻'].map((mark, i) => [mark, '0123456789-'[i] ?? '']));

const MAX_ARGUMENT_CHARS = 2_000;

/** Index just past the brace that closes the one at `open`; -1 when none near enough does. */
function closingBrace(text: string, open: number): number {
  const end = Math.min(text.length, open + MAX_ARGUMENT_CHARS);
  let depth = 0;
  for (let i = open; i < end; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i + 1;
  }
  return -1;
}

/** Every `\name{argument}` (with `arity` braces) of a text, from left to right. */
export function findCommands(
  text: string,
  name: RegExp,
  arity: number,
): { start: number; end: number; arguments: string[] }[] {
  const found = [];
  for (const match of text.matchAll(new RegExp(`\\\\(?:${name.source})\\s*(?=\\{)`, 'g'))) {
    let position = match.index + match[0].length;
    const values: string[] = [];
    while (values.length < arity && text[position] === '{') {
      const end = closingBrace(text, position);
      if (end < 0) break;
      values.push(text.slice(position + 1, end - 1));
      position = end;
      if (values.length < arity) position += /^\s*/.exec(text.slice(position))?.[0].length ?? 0;
    }
    if (values.length === arity)
      found.push({ start: match.index, end: position, arguments: values });
  }
  return found;
}

function replaceCommands(
  text: string,
  name: RegExp,
  arity: number,
  render: (values: string[]) => string,
): string {
  let result = text;
  // Innermost last: each pass renders the leftmost command; what it renders to may hold others.
  for (let pass = 0; pass < 200; pass++) {
    const command = findCommands(result, name, arity)[0];
    if (!command) return result;
    result = result.slice(0, command.start) + render(command.arguments) + result.slice(command.end);
  }
  return result;
}

const isAtom = (text: string): boolean => /^\s*[\d.]+\s*$/.test(text);

/** LaTeX to plain characters: `\frac{3}{4}` → `3/4`, `10^{5}` → `10^(5)`, `1{,}000` → `1,000`. */
export function withoutLatex(text: string): string {
  if (!/[\\${]/.test(text)) return text;
  let result = text
    .replaceAll('\\{', '{')
    .replaceAll('\\}', '}')
    .replace(/\\left|\\right|\\displaystyle|\\(?:bigg?|Bigg?)[lr]?(?![a-zA-Z])/g, '');
  result = replaceCommands(
    result,
    /boxed|fbox|text|textbf|textit|textrm|texttt|mathrm|mathbf|mathit|mathsf|operatorname|ensuremath/,
    1,
    ([value = '']) => value,
  );
  result = replaceCommands(result, /[dtc]?frac/, 2, ([top = '', bottom = '']) =>
    isAtom(top) && isAtom(bottom)
      ? `\ue002${top.trim()}/${bottom.trim()}`
      : ` (${top})/(${bottom}) `,
  )
    // A space makes `1\frac{3}{4}` a mixed number; none may part a sign from its fraction.
    .replace(/(?<=[\w)])\ue002/g, ' ')
    .replaceAll('\ue002', '');
  return result
    .replace(/\\[()[\]]/g, ' ')
    .replace(/\\\$/g, '\ue001')
    .replace(/\$/g, ' ')
    .replaceAll('\ue001', '$')
    .replace(/\{,\}/g, ',')
    .replace(/(\d)\\[,!;:](?=\d{3})/g, '$1,')
    .replace(/\\[,;:! ]|~|\\quad|\\qquad/g, ' ')
    .replace(/\\%/g, '%')
    .replace(/\\(?:times|cdot)(?![a-zA-Z])/g, '×')
    .replace(/\\(?:approx|simeq)(?![a-zA-Z])/g, '≈')
    .replace(/\\(?:rightarrow|to|Rightarrow|implies)(?![a-zA-Z])/g, '→')
    .replace(/\^\s*\{?\s*\\circ\s*\}?/g, '°')
    .replace(/\^\s*\{([^{}]*)\}/g, '^($1)')
    .replace(/\\([_#&])/g, '$1');
}

/**
 * Removes emphasis, heading, quote and bullet marks; the words and line breaks stay. A dash before a
 * lone number stays too: it may be a minus.
 */
export function withoutMarkdown(text: string): string {
  return text
    .replace(/\*\*|__(?=\S)|(?<=\S)__/g, '')
    .replace(/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/g, '$1')
    .replace(/(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)/g, '$1')
    .replace(/^[ \t]*#{1,6}[ \t]+/gm, '')
    .replace(/^[ \t]*>[ \t]?/gm, '')
    .replace(/^[ \t]*(?:[*+•][ \t]+|-[ \t]+(?!\d[\d.,/]*\s*$))/gm, '');
}

/** A segment of a reply as plain characters: no LaTeX, no Markdown, one kind of minus and of space. */
export function plainText(text: string): string {
  return withoutMarkdown(withoutLatex(text))
    .replace(/`/g, '')
    .replace(/[−–—](?=\d)/g, '-')
    .replace(/[\u00a0\u2007\u2009\u202f]/g, ' ')
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+/g, (run) => {
      const digits = [...run].map((mark) => SUPERSCRIPTS.get(mark) ?? '').join('');
      return `^(${digits})`;
    })
    .trim();
}
