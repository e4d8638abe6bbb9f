import { createParser, type EventSourceParser } from 'eventsource-parser';
import { answerIdentity, type AnswerIdentity } from './answer-identity.js';
import { chatChunkSchema, chunkParts, type ChatChunk } from './chat-chunk.js';
import type { Deployment } from './deployment.js';
import { errorText, statusFailure } from './failed-answer.js';
import { ProviderError } from './provider-error.js';

/** Longest text of an answer, characters. */
const MAX_TEXT_CHARS = 2_000_000;
/** Most that is read of an answer in all, bytes: each token of a stream comes in some 300. */
const MAX_BYTES = 64 * 2 ** 20;
/** Longest event of a stream, and longest answer in one JSON document, characters. */
const MAX_EVENT_CHARS = 4_000_000;

export interface ChatReply extends AnswerIdentity {
  text: string;
  /** `stop`, `length`, …; null = it did not say. */
  finishReason: string | null;
  /** The words of a refusal where the model gave them apart from its text. */
  refusal: string | null;
  inputTokens: number | null;
  /** Reasoning tokens included. */
  outputTokens: number | null;
  reasoningTokens: number | null;
  /** Ms to the first token, a token of reasoning or of text; null = it came in one piece. */
  ttftMs: number | null;
  /** Ms to the last one. */
  totalMs: number;
}

/**
 * Puts a chat answer together from its bytes, however they are split: a stream of events, or one JSON
 * document where the server does not stream. Which of them it is, the first character says better
 * than the content type. Memory stays bounded whatever comes.
 */
export class ReplyReader {
  readonly #deployment: Deployment;
  readonly #startedAt: number;
  readonly #decoder = new TextDecoder();
  readonly #events: string[] = [];
  readonly #parser: EventSourceParser;
  #form: 'unknown' | 'events' | 'json' = 'unknown';
  #bytes = 0;
  #json = '';
  #choices = 0;
  #oversized = false;
  #text = '';
  #refusal = '';
  #identity: AnswerIdentity = { id: null, model: null };
  #finishReason: string | null = null;
  #usage: ChatChunk['usage'] = null;
  #firstAt: number | null = null;
  #doneAt: number | null = null;

  /** `startedAt` and every `now`: ms of one clock. */
  constructor(deployment: Deployment, startedAt: number) {
    this.#deployment = deployment;
    this.#startedAt = startedAt;
    this.#parser = createParser({
      onEvent: ({ data }) => this.#events.push(data),
      onError: ({ type }) => {
        this.#oversized ||= type === 'max-buffer-size-exceeded';
      },
      maxBufferSize: MAX_EVENT_CHARS,
    });
  }

  /** Whether the stream has said that it is over. */
  get isDone(): boolean {
    return this.#doneAt !== null;
  }

  /** Whether the whole text is there; token counts may still follow. */
  get isComplete(): boolean {
    return this.isDone || this.#finishReason !== null;
  }

  /** @throws ProviderError `malformed`, or `status` for an error that the stream reports */
  feed(bytes: Uint8Array, now: number): void {
    if (this.isDone) return;
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_BYTES) throw this.#malformed('is longer than 64 MiB');
    const text = this.#decoder.decode(bytes, { stream: true });
    if (this.#form === 'unknown') this.#form = this.#formOf(text);
    if (this.#form === 'json') {
      this.#json += text;
      if (this.#json.length > MAX_EVENT_CHARS) throw this.#malformed('is too long');
    } else if (this.#form === 'events') {
      this.#parser.feed(text);
      if (this.#oversized) throw this.#malformed('holds an event that is too long');
      for (const data of this.#events.splice(0)) this.#takeEvent(data, now);
    }
  }

  /** @throws ProviderError `cut` for a stream that ended early, `malformed` for what is no answer */
  finish(now: number): ChatReply {
    if (this.#form === 'json') {
      this.#takeChunk(this.#json, now);
      this.#firstAt = null;
    } else if (!this.isDone) {
      this.#takeUnendedEvent(now);
    }
    if (this.#choices === 0) throw this.#malformed('holds no choices');
    if (this.#form === 'events' && !this.isComplete) {
      throw new ProviderError(
        'cut',
        `The answer of ${this.#deployment.upstreamModel} ended without a finish_reason`,
      );
    }
    return {
      ...this.#identity,
      text: this.#text,
      finishReason: this.#finishReason,
      refusal: this.#refusal === '' ? null : this.#refusal,
      inputTokens: this.#usage?.prompt_tokens ?? null,
      outputTokens: this.#usage?.completion_tokens ?? null,
      reasoningTokens: this.#usage?.completion_tokens_details?.reasoning_tokens ?? null,
      ttftMs: this.#firstAt === null ? null : this.#firstAt - this.#startedAt,
      totalMs: (this.#doneAt ?? now) - this.#startedAt,
    };
  }

  #formOf(text: string): 'unknown' | 'events' | 'json' {
    const [first] = text.trimStart();
    if (first === undefined) return 'unknown';
    if (first === '<')
      throw this.#malformed(`is a web page: ${errorText(text, this.#deployment.apiKey)}`);
    return first === '{' ? 'json' : 'events';
  }

  /** The last event may lack the empty line that ends it; one that was cut does not parse. */
  #takeUnendedEvent(now: number): void {
    this.#parser.feed('\n\n');
    for (const data of this.#events.splice(0)) {
      if (data.trim() === '[DONE]' || isJson(data)) this.#takeEvent(data, now);
    }
  }

  #takeEvent(data: string, now: number): void {
    if (this.isDone || data.trim() === '') return;
    if (data.trim() === '[DONE]') this.#doneAt = now;
    else this.#takeChunk(data, now);
  }

  #takeChunk(json: string, now: number): void {
    const parsed = chatChunkSchema.safeParse(parseJson(json));
    if (!parsed.success) {
      throw this.#malformed(
        `is not of the OpenAI form: ${errorText(json, this.#deployment.apiKey)}`,
      );
    }
    const { error, choices, usage } = parsed.data;
    if (error !== undefined && error !== null) throw this.#reported(error);
    this.#choices += choices?.length ?? 0;
    const { id, model } = answerIdentity(parsed.data);
    this.#identity = { id: this.#identity.id ?? id, model: this.#identity.model ?? model };
    const parts = chunkParts(parsed.data);
    this.#text += parts.text;
    this.#refusal += parts.refusal;
    if (this.#text.length + this.#refusal.length > MAX_TEXT_CHARS) {
      throw this.#malformed('is longer than two million characters');
    }
    if (parts.speaks) this.#firstAt ??= now;
    this.#finishReason = parts.finishReason ?? this.#finishReason;
    this.#usage = usage ?? this.#usage;
  }

  /** An error in the midst of an answer, with the status that it would have had, if it names one. */
  #reported(error: unknown): ProviderError {
    const text = JSON.stringify({ error });
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
    const status = Number(code);
    return Number.isInteger(status) && status >= 400 && status < 600
      ? statusFailure(status, text, this.#deployment)
      : this.#malformed(`reports an error: ${errorText(text, this.#deployment.apiKey)}`);
  }

  #malformed(how: string): ProviderError {
    return new ProviderError('malformed', `The answer of ${this.#deployment.upstreamModel} ${how}`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isJson = (text: string): boolean => parseJson(text) !== undefined;
