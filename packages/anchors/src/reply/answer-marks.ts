import { findCommands, withoutMarkdown } from './plain-text.js';

/** A place where a reply says "this is my answer". */
export interface Mark {
  /** Where the mark and its segment begin and end in the reply. */
  start: number;
  end: number;
  segment: string;
  /** `\boxed`, `Answer:` and the like bind; "so the answer is" in prose yields to them. */
  strong: boolean;
}
const LABEL =
  /(?:^[ \t>#*_`(-]*|(?<=[.!?][*_"')]*[ \t]+)[*_]*)(?:(?:so|thus|therefore|hence)[ ,]+)?(?:(?:the|my|our)[ \t]+)?(?:final[ \t]+)?(?:correct[ \t]+)?(?:answer|ans)[ \t]*[*_`]*[ \t]*(?:\([^)\n]{0,40}\)[ \t]*|in [^\s:]{1,12}[ \t]*)?(?:[:：=]|is[ \t]*:|(?<=[ \t])(?:[-–—]|→|->)(?=[ \t]))[ \t]*[*_]*[ \t]*/gim;
const HEADING = /^[ \t]*(?:#{1,6}[ \t]+|\*\*|__)(?:final[ \t]+)?answer[ \t*_:.]*$/gim;
const PROSE =
  /(?:\b(?:the|my|our)\s+|^[ \t]*)(?:(final)\s+)?(?:(?:correct|right|best|most likely|required)\s+)*(?:answer|(?<=(?:correct|right|best)\s)(?:option|choice|statement))(?:\s+to\s+(?:the|this|your)\s+(?:question|problem|puzzle))?(?:\s+here)?\s+(?:(?:then|therefore|thus|clearly|simply|indeed)\s+)?(?:is|should be|must be|would be|will be|(?:must|would|should) (?:then|therefore|thus) be|equals|comes out (?:to|as))(?!\s+not\b|n't\b)\s*:?[ \t]*/gim;
/** A label with one of these after it opens the working, not the answer. */
const INTRODUCTION =
  /^(?:let's|let us|let me|to \w+|we (?:need|can|have|start)|first\b|step\b|given\b|here\b|see\b|below\b)/i;

/** From an index to the end of its line, or, where the line ends there, the next paragraph. */
function segmentFrom(text: string, start: number, limit: number): string {
  const line = /^[^\n]*/.exec(text.slice(start, limit))?.[0] ?? '';
  if (line.replace(/[*_$\s:[\\]/g, '') !== '') return line;
  const rest = text.slice(start, limit).replace(/^[ \t*_:]*\n*/, '');
  return rest.split(/\n[ \t]*\n/, 1)[0] ?? '';
}

/** All marks of a reply that hold something, closed ones (`\\boxed`) first. */
export function findMarks(text: string): Mark[] {
  const closed: Mark[] = [];
  const open: { start: number; bodyStart: number; strong: boolean }[] = [];
  for (const command of findCommands(text, /boxed|fbox/, 1)) {
    const { start, end } = command;
    closed.push({ start, end, segment: command.arguments[0] ?? '', strong: true });
  }
  for (const match of text.matchAll(/<answer>([\s\S]*?)<\/answer>/gi)) {
    const end = match.index + match[0].length;
    closed.push({ start: match.index, end, segment: match[1] ?? '', strong: true });
  }
  for (const match of text.matchAll(/^[ \t]*####[ \t]*(?!#)(?!(?:final )?answer)(\S.{0,30})$/gim)) {
    const end = match.index + match[0].length;
    closed.push({ start: match.index, end, segment: match[1] ?? '', strong: true });
  }
  const addOpen = (match: RegExpMatchArray, strong: boolean): void => {
    const start = match.index ?? 0;
    const bodyStart = start + match[0].length;
    const isWithin = [
      ...closed,
      ...open.map((mark) => ({ start: mark.start, end: mark.bodyStart })),
    ];
    if (isWithin.some((mark) => mark.start < bodyStart && start < mark.end)) return;
    open.push({ start, bodyStart, strong });
  };
  for (const match of text.matchAll(LABEL)) addOpen(match, true);
  for (const match of text.matchAll(HEADING)) addOpen(match, true);
  for (const match of text.matchAll(PROSE)) addOpen(match, match[1] !== undefined);

  // The segment of an open mark ends where the next mark begins.
  const starts = [...closed, ...open].map((mark) => mark.start).sort((a, b) => a - b);
  const marks = open.map(({ start, bodyStart, strong }): Mark => {
    const limit = starts.find((other) => other >= bodyStart) ?? text.length;
    const segment = segmentFrom(text, bodyStart, limit);
    const end = Math.max(bodyStart, text.indexOf(segment, bodyStart) + segment.length);
    return { start, end, segment: withoutLoneEmphasis(segment).trim(), strong };
  });
  return [...closed, ...marks].filter(
    ({ segment }) => segment.trim() !== '' && !INTRODUCTION.test(withoutMarkdown(segment).trim()),
  );
}

/** `42**` from `**Answer: 42**`: a mark that was opened before the segment closes in it. */
const withoutLoneEmphasis = (segment: string): string =>
  (segment.match(/\*\*/g) ?? []).length === 1 ? segment.replace('**', '') : segment;
