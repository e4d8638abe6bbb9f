/* The parts of a reply that an answer can stand in. */

/**
 * The part of a reply after its reasoning: what `<think>` encloses is dropped. A reasoning block that
 * never ends leaves nothing, for then the reply was cut short.
 */
export function withoutReasoning(reply: string): string {
  const text = reply.replace(/\r\n?/g, '\n').replace(/[\u200b-\u200d\u2060\ufeff]/g, '');
  const closed = /^[\s\S]*<\/(?:think|thinking|reasoning|thought)>/i;
  return text
    .replace(closed, '')
    .replace(/<(?:think|thinking|reasoning|thought)>[\s\S]*$/i, '')
    .trim();
}

const FENCE = /^[ \t]*(`{3,9}|~{3,9})[^\n]*\n([\s\S]*?)^[ \t]*\1[ \t]*$/gm;

/** Long fenced blocks hold working, not the answer; of short ones only the fences go. */
export function withoutFences(text: string): string {
  return text.replace(FENCE, (_, __, body: string) =>
    body.trim().split('\n').length > 8 ? '' : body,
  );
}

const HEAD_CHARS = 4_000;
const TAIL_CHARS = 12_000;

/**
 * What can hold the final answer: the beginning and the end of a long reply, with runs of one
 * character cut short, so that runaway output costs no more time than an answer.
 */
export function readablePart(text: string): string {
  const short = text
    .replace(/\n[ \t]*\n[\s]*/g, '\n\n')
    .replace(/([^\w\n])\1{15,}/g, (run) => run.slice(0, 16))
    .trim();
  if (short.length <= HEAD_CHARS + TAIL_CHARS) return short;
  return `${short.slice(0, HEAD_CHARS)}\n\n${short.slice(-TAIL_CHARS)}`;
}

/** The content of a reply's one fenced block, when it is as short as an answer. */
export function onlyShortFence(reply: string): string | undefined {
  const fences = [...withoutReasoning(reply).matchAll(FENCE)];
  const body = fences.length === 1 ? (fences[0]?.[2] ?? '').trim() : '';
  return body !== '' && body.split('\n').length <= 3 ? body : undefined;
}

export const lastParagraph = (text: string): string =>
  text
    .trim()
    .split(/\n[ \t]*\n/)
    .at(-1) ?? '';
