/** Longest name or id of an answer that is kept, characters. */
const MAX_CHARS = 256;

/** What an answer calls itself; null = it does not say. */
export interface AnswerIdentity {
  id: string | null;
  /** The model that has answered, in its provider's words: often a dated version of the one that was asked. */
  model: string | null;
}

/** Reads a chunk of an answer, or all of it. What is no name, or a very long one, is none. */
export function answerIdentity(answer: { id?: unknown; model?: unknown }): AnswerIdentity {
  return { id: nameOf(answer.id), model: nameOf(answer.model) };
}

function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= MAX_CHARS ? value : null;
}
