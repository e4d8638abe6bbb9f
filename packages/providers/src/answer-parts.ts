import { answerIdentity, type AnswerIdentity } from './answer-identity.js';
import { readUsage, type TokenUsage } from './token-usage.js';

/** What one JSON object of an answer tells: a chunk of a stream, or all of it. */
export interface AnswerParts extends AnswerIdentity {
  usage: TokenUsage | null;
  finishReason: string | null;
  /** Of what the model has written: text, thoughts, refusals, arguments of tools. */
  characters: number;
  /** Whether it holds nothing but the usage: the chunk that `include_usage` adds to a stream. */
  onlyUsage: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads an object of the chat API, the Responses API or the embeddings API; what it does not know counts for nothing. */
export function answerParts(json: unknown): AnswerParts {
  const object = fieldsOf(json);
  const response = fieldsOf(object['response']);
  const usage = readUsage(object['usage'] ?? response['usage']);
  const choices = object['choices'];
  const parts = { usage, finishReason: null as string | null, characters: 0 };
  if (Array.isArray(choices)) {
    for (const choice of choices.map(fieldsOf)) {
      if (typeof choice['finish_reason'] === 'string')
        parts.finishReason ??= choice['finish_reason'];
      parts.characters += spokenIn(fieldsOf(choice['delta'] ?? choice['message']));
    }
  } else {
    const status = object['status'] ?? response['status'];
    if (usage !== null && typeof status === 'string') parts.finishReason = status;
    // An event of the Responses API, `response.output_text.delta` and its like.
    parts.characters += lengthOf(object['delta']);
  }
  // An event of the Responses API tells of its answer in a member of its own; its own id is another.
  const identity = answerIdentity('response' in object ? response : object);
  return {
    ...parts,
    ...identity,
    onlyUsage: usage !== null && Array.isArray(choices) && choices.length === 0,
  };
}

/** Servers name thoughts differently, and of two names for one text only one is counted. */
function spokenIn(message: Fields): number {
  const { content, refusal, tool_calls: calls } = message;
  let characters = lengthOf(content) + lengthOf(refusal);
  characters += lengthOf(message['reasoning_content']) || lengthOf(message['reasoning']);
  if (Array.isArray(content))
    for (const part of content) characters += lengthOf(fieldsOf(part)['text']);
  if (Array.isArray(calls))
    for (const call of calls) {
      const asked = fieldsOf(fieldsOf(call)['function']);
      characters += lengthOf(asked['name']) + lengthOf(asked['arguments']);
    }
  return characters;
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 0);

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
