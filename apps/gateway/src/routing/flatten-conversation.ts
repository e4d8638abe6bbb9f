import { DomainError } from '@zerorouter/contracts';
import type { ChatMessage, RouteRequest } from '@zerorouter/contracts';

/** A request as the predictor reads it, and what it asks of a model besides being right. */
export interface Conversation {
  text: string;
  /** Capabilities without which a model cannot answer: `tools`, `vision`, `audio`. */
  requires: string[];
  stats: { chars: number; turns: number; tools: number; images: number };
}

type ConversationInput = Pick<
  RouteRequest,
  'query' | 'messages' | 'system' | 'tools' | 'response_format'
>;

/** Letters, digits, marks, punctuation, symbols: what is left out is white space and control. */
const VISIBLE = /[\p{L}\p{N}\p{M}\p{P}\p{S}]/u;

/** A NUL or half of a surrogate pair, which neither Postgres nor a tokenizer can take. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/**
 * Makes one text of a whole request: system, tools, response format, then the turns in order, each
 * with its role, so that the last turn stands last. A lone user turn is its text and nothing else:
 * `query` and a conversation of one turn are the same query, and the same as in a calibration's data.
 * @throws DomainError `invalid-request` when there is no text or a part is malformed,
 *   `prompt-too-long` beyond `maxChars`.
 */
export function flattenConversation(input: ConversationInput, maxChars: number): Conversation {
  const turns: ChatMessage[] = input.messages ?? [{ role: 'user', content: input.query ?? '' }];
  const read = turns.map(readTurn);
  if (!read.some(({ plain }) => VISIBLE.test(plain)))
    throw blank(input.query === undefined ? 'messages' : 'query');

  const tools = input.tools ?? [];
  const segments = [
    ...(input.system === undefined || input.system === ''
      ? []
      : [{ role: 'system', text: input.system }]),
    ...(tools.length === 0 ? [] : [{ role: 'tools', text: toJson(tools, 'tools') }]),
    ...(input.response_format === undefined
      ? []
      : [
          {
            role: 'response_format',
            text: toJson(input.response_format, 'response_format'),
          },
        ]),
    ...turns.map(({ role }, i) => ({ role, text: read[i]?.text ?? '' })),
  ];
  const [first] = segments;
  const joined =
    segments.length === 1 && first?.role === 'user'
      ? first.text
      : segments.map(({ role, text }) => `${role}: ${text}`).join('\n\n');
  if (joined.length > maxChars)
    throw new DomainError(
      'prompt-too-long',
      `the conversation has ${joined.length} characters, more than the ${maxChars} that MAX_PROMPT_CHARS allows`,
      { details: { chars: joined.length, maxChars } },
    );

  const images = read.reduce((sum, turn) => sum + turn.images, 0);
  return {
    text: joined.replace(UNSTORABLE, '\uFFFD'),
    requires: [
      ...(tools.length > 0 ? ['tools'] : []),
      ...(images > 0 ? ['vision'] : []),
      ...(read.some(({ audio }) => audio) ? ['audio'] : []),
    ],
    stats: { chars: joined.length, turns: turns.length, tools: tools.length, images },
  };
}

interface ReadTurn {
  /** Everything of the turn, with a word in brackets for what is no text. */
  text: string;
  /** Its text alone. */
  plain: string;
  images: number;
  audio: boolean;
}

function readTurn(message: ChatMessage, index: number): ReadTurn {
  const parts = typeof message.content === 'string' ? [] : (message.content ?? []);
  const pieces = parts.map((part, i) => readPart(part, `messages.${index}.content.${i}`));
  const plain =
    typeof message.content === 'string'
      ? message.content
      : pieces.flatMap((piece) => piece.text ?? []).join('\n');
  const all = typeof message.content === 'string' ? [plain] : pieces.map(textOrPlaceholder);
  return {
    text: [...all, ...readToolCalls(message.tool_calls, `messages.${index}.tool_calls`)].join('\n'),
    plain,
    images: pieces.filter(({ kind }) => kind === 'image').length,
    audio: pieces.some(({ kind }) => kind === 'audio'),
  };
}

interface Piece {
  kind: string;
  text: string | null;
}

function textOrPlaceholder({ kind, text }: Piece): string {
  return text ?? `[${kind}]`;
}

function readPart(part: { type: string; [field: string]: unknown }, path: string): Piece {
  switch (part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      if (typeof part.text !== 'string') throw invalid(`${path}.text`, 'must be a string');
      return { kind: 'text', text: part.text };
    case 'refusal':
      return { kind: 'refusal', text: typeof part.refusal === 'string' ? part.refusal : null };
    case 'image_url':
    case 'input_image':
    case 'image':
      return { kind: 'image', text: null };
    case 'input_audio':
    case 'audio':
      return { kind: 'audio', text: null };
    default:
      return { kind: part.type, text: null };
  }
}

/** What an assistant asked tools to do is part of the conversation; unknown shapes pass as JSON. */
function readToolCalls(calls: unknown, path: string): string[] {
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls)) throw invalid(path, 'must be an array');
  return calls.map((call: unknown) => `[call ${toJson(callOf(call), path)}]`);
}

function callOf(call: unknown): unknown {
  return typeof call === 'object' && call !== null && 'function' in call ? call.function : call;
}

/** JSON nested some ten thousand deep is taken by the parser, but not by its counterpart. */
function toJson(value: unknown, path: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw invalid(path, 'is nested too deeply');
  }
}

function blank(path: string): DomainError {
  return invalid(path, 'holds no text: there is nothing to predict from');
}

function invalid(path: string, message: string): DomainError {
  return new DomainError('invalid-request', `the request is not valid: ${path}: ${message}`, {
    details: { errors: [{ path, message }] },
  });
}
