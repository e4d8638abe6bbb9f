import { findMarks, type Mark } from './answer-marks.js';
import {
  lastParagraph,
  onlyShortFence,
  readablePart,
  withoutFences,
  withoutReasoning,
} from './reply-parts.js';

/** Reads answers of one kind out of a piece of a reply. */
export interface AnswerReader<Value> {
  /** The different answers a marked segment states: none when unreadable, several when it hedges. */
  read(segment: string): Value[];
  /** The answer of a line that holds nothing else, if it is such a line. */
  readBare(line: string): Value | undefined;
  /** The answers of a closing sentence or paragraph that bears no mark. */
  conclude(paragraph: string): Value[];
  same(a: Value, b: Value): boolean;
  /** Whether a value may be no answer at all but a remark: then only a binding mark makes it count. */
  isVague?(value: Value): boolean;
  /** As `conclude`, for a sentence that begins with "so" or the like; default `conclude`. */
  readClosing?(sentence: string): Value[];
}

export type FinalAnswer<Value> =
  | { status: 'answer'; value: Value; segment: string }
  | { status: 'contradiction'; segments: string[] }
  | { status: 'none' };

type ReadMark<Value> = Mark & { values: Value[] };

/** Takes back what was said before it. */
const RETRACTION =
  /\b(?:wait|actually|correction|corrected|scratch that|on second thought|(?:made|is|was) an? (?:error|mistake)|that(?:'s| is| was) (?:wrong|not right|not correct|incorrect)|oops|sorry|hold on)\b/i;
/** May lead to another answer, or only confirm the first. */
const REVIEW =
  /\b(?:(?:re-?check|re-?comput|re-?calculat|re-?consider|re-?examin|double[- ]check)\w*|hmm)\b/i;
const WEAK_TURN = /\b(?:but|however|instead|rather|if|suppose|otherwise|unless)\b/i;

const CLOSING =
  /(?:^|[.!?;,:]\s+|\n\s*)(?:so|therefore|thus|hence|consequently|in conclusion|altogether|in total)\b,?\s+([^\n]+)/gi;
/** A reply that is one JSON object with an answer in it, as some callers' system prompts demand. */
function jsonAnswer(text: string): string | undefined {
  if (!text.trim().startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(text) as Record<string, unknown>;
    const value = parsed['final_answer'] ?? parsed['answer'] ?? parsed['result'];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds the one answer that a reply ends on. Marked answers (`\boxed`, "Answer:") beat answers in
 * prose, both beat a bare closing sentence; mentions on the way count for nothing. Where two marked
 * answers differ and nothing between them takes the first back, or the last one hedges between
 * values, the reply contradicts itself.
 */
export function findFinalAnswer<Value>(
  reply: string,
  reader: AnswerReader<Value>,
): FinalAnswer<Value> {
  const text = readablePart(withoutFences(withoutReasoning(reply)));
  if (text === '') return { status: 'none' };
  const fromJson = jsonAnswer(text);
  if (fromJson !== undefined) return single(reader.read(fromJson), fromJson, reader);

  const marks = [
    ...findMarks(text).map((mark) => ({ ...mark, values: reader.read(mark.segment) })),
    ...bareMarks(text, reader),
    ...closingMarks(text, reader),
  ]
    .map((mark) => ({ ...mark, values: distinct(mark.values, reader) }))
    .filter((mark) => mark.values.length > 0)
    .sort((a, b) => a.start - b.start);
  const strong = marks.filter((mark) => mark.strong);
  const last = (strong.length > 0 ? strong : marks).at(-1);
  if (!last) return concludeWithoutMarks(text, onlyShortFence(reply), reader);

  const takenBack = (from: number, to: number): boolean => {
    const between = text.slice(from, to);
    return (
      RETRACTION.test(between) ||
      REVIEW.test(between) ||
      (strong.length === 0 && WEAK_TURN.test(between))
    );
  };
  const remark = ({ strong: binding, values }: ReadMark<Value>): boolean =>
    !binding && values.every((value) => reader.isVague?.(value) ?? false);
  const conflict = (a: ReadMark<Value>, b: ReadMark<Value>): boolean =>
    !remark(a) && !remark(b) && differ(a.values, b.values, reader);
  let chosen = last;
  for (const mark of marks) {
    if (mark.start <= last.start || !conflict(mark, chosen)) continue;
    if (!takenBack(chosen.end, mark.start)) return contradiction(chosen.segment, mark.segment);
    chosen = mark;
  }
  for (const mark of strong.length > 0 ? strong : marks) {
    if (mark.start >= chosen.start || !conflict(mark, chosen)) continue;
    if (!takenBack(mark.start, chosen.start)) return contradiction(mark.segment, chosen.segment);
  }
  if (chosen.values.length > 1) return contradiction(chosen.segment);
  const rest = text.slice(chosen.end);
  if (RETRACTION.test(rest)) {
    const later = distinct(reader.conclude(lastParagraph(rest)), reader);
    if (later.some((value) => !reader.isVague?.(value)) && differ(later, chosen.values, reader)) {
      return contradiction(chosen.segment, lastParagraph(rest));
    }
  }
  return { status: 'answer', value: chosen.values[0] as Value, segment: chosen.segment };
}

const differ = <Value>(a: Value[], b: Value[], reader: AnswerReader<Value>): boolean =>
  !a.some((x) => b.some((y) => reader.same(x, y)));

const contradiction = (...segments: string[]): { status: 'contradiction'; segments: string[] } => ({
  status: 'contradiction',
  segments,
});

function single<Value>(
  values: Value[],
  segment: string,
  reader: AnswerReader<Value>,
): FinalAnswer<Value> {
  const different = distinct(values, reader);
  if (different.length > 1) return contradiction(segment);
  const value = different[0];
  return value === undefined ? { status: 'none' } : { status: 'answer', value, segment };
}

function distinct<Value>(values: Value[], reader: AnswerReader<Value>): Value[] {
  return values.filter(
    (value, i) => !values.slice(0, i).some((other) => reader.same(other, value)),
  );
}

/** First and last lines that hold an answer and nothing else. */
function bareMarks<Value>(text: string, reader: AnswerReader<Value>): ReadMark<Value>[] {
  const lines = [...text.matchAll(/^.*\S.*$/gm)];
  const bare = lines.map((line) => reader.readBare(line[0].trim()));
  return [...new Set([0, lines.length - 1])].flatMap((i) => {
    const value = bare[i];
    const line = lines[i];
    if (value === undefined || !line) return [];
    // Neighbours that are bare answers too make it a list (restated options, working), not an answer.
    const neighbour = bare[i === 0 ? 1 : i - 1];
    if (lines.length > 1 && neighbour !== undefined && !reader.same(neighbour, value)) return [];
    const end = line.index + line[0].length;
    return [{ start: line.index, end, segment: line[0].trim(), strong: false, values: [value] }];
  });
}

/** "So …", "Therefore …" in the last paragraph, when it states one answer. */
function closingMarks<Value>(text: string, reader: AnswerReader<Value>): ReadMark<Value>[] {
  const paragraph = lastParagraph(text);
  const last = [...paragraph.matchAll(CLOSING)].at(-1);
  if (!last) return [];
  const segment = last[1] ?? '';
  const values = distinct((reader.readClosing ?? reader.conclude)(segment), reader);
  if (values.length !== 1) return [];
  const start = text.lastIndexOf(paragraph) + last.index;
  return [{ start, end: start + last[0].length, segment, strong: false, values }];
}

const EXPLANATION =
  /\n[ \t]*\n[\s*_#]*(?:explanation|reasoning|justification|because|note|why|how|steps?|details|working)\b/i;

function concludeWithoutMarks<Value>(
  text: string,
  fence: string | undefined,
  reader: AnswerReader<Value>,
): FinalAnswer<Value> {
  if (fence !== undefined) {
    const final = single(reader.read(fence), fence, reader);
    if (final.status === 'answer') return final;
  }
  const explained = text.search(EXPLANATION);
  const answer = explained > 0 ? text.slice(0, explained) : text;
  for (const piece of [lastParagraph(answer), answer]) {
    const final = single(reader.conclude(piece), piece, reader);
    if (final.status === 'answer') return final;
  }
  return { status: 'none' };
}
