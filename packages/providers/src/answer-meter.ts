import type { AnswerIdentity } from './answer-identity.js';
import { answerParts } from './answer-parts.js';
import { EventSplitter } from './event-splitter.js';
import { editMembers } from './json-members.js';
import type { TokenUsage } from './token-usage.js';

/** What was read of an answer that passed. */
export interface Metered extends AnswerIdentity {
  /** Null = the provider has not told. */
  usage: TokenUsage | null;
  finishReason: string | null;
  /** Of what the model has written, as far as it was read. */
  characters: number;
}

/** Longest document that is read whole, bytes; of a longer one its end is looked at. */
const MAX_DOCUMENT_BYTES = 2 ** 20;
/** An answer with long lists (embeddings) tells its usage behind them. */
const TAIL_BYTES = 16_384;

export interface MeterOptions {
  /** As the answer's headers say; what is compressed is not read. */
  contentType: string | undefined;
  contentEncoding: string | undefined;
  /**
   * Takes out of a stream what it has only because we asked for the usage: the chunk that tells it, and the
   * `"usage":null` of every other. Such a stream is passed on event by event.
   */
  hidesUsage: boolean;
}

/**
 * Reads how many tokens an answer has used while its bytes pass. Memory stays bounded whatever comes, and
 * what cannot be read passes unread.
 */
export class AnswerMeter {
  private readonly metered: Metered = {
    id: null,
    model: null,
    usage: null,
    finishReason: null,
    characters: 0,
  };
  private readonly events: EventSplitter | null;
  private readonly reads: boolean;
  private document: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly options: MeterOptions) {
    const { contentType = '', contentEncoding = 'identity' } = options;
    this.reads = contentEncoding === 'identity';
    this.events =
      this.reads && /^text\/event-stream/i.test(contentType) ? new EventSplitter() : null;
  }

  /** Whether the answer may come out shorter than it came in. */
  get changesLength(): boolean {
    return this.events !== null && this.options.hidesUsage;
  }

  /** @returns what is to be passed on now; empty = nothing yet. */
  take(bytes: Buffer): Buffer {
    if (!this.reads) return bytes;
    if (this.events === null) {
      this.keep(bytes);
      return bytes;
    }
    const passed: Buffer[] = [];
    for (const event of this.events.feed(bytes)) passed.push(this.read(event));
    return this.options.hidesUsage ? Buffer.concat(passed) : bytes;
  }

  /** @returns what is left to be passed on at the end. */
  flush(): Buffer {
    if (this.events === null) return Buffer.alloc(0);
    const rest = this.events.rest();
    const passed = this.read(rest);
    return this.options.hidesUsage ? passed : Buffer.alloc(0);
  }

  /** After the last bytes: all that was read. */
  result(): Metered {
    if (this.document.length > 0) this.readDocument(Buffer.concat(this.document));
    this.document = [];
    return this.metered;
  }

  private keep(bytes: Buffer): void {
    this.bytes += bytes.length;
    this.document.push(bytes);
    if (this.bytes <= MAX_DOCUMENT_BYTES) return;
    let kept = this.document.reduce((sum, { length }) => sum + length, 0);
    while (kept - this.document[0]!.length >= TAIL_BYTES) kept -= this.document.shift()!.length;
  }

  private readDocument(document: Buffer): void {
    const json =
      this.bytes <= MAX_DOCUMENT_BYTES
        ? parseJson(document.toString('utf8'))
        : { usage: lastUsage(document.toString('utf8', document.length - TAIL_BYTES)) };
    this.note(json);
  }

  /** @returns the event as it is to be passed on. */
  private read(event: Buffer): Buffer {
    const data = dataOf(event);
    if (data === null) return event;
    const json = parseJson(data.text);
    if (json === undefined) return event;
    const { onlyUsage } = this.note(json);
    if (!this.options.hidesUsage) return event;
    if (onlyUsage) return Buffer.alloc(0);
    if (!isNullUsage(json)) return event;
    const { start, end } = data;
    const rest = editMembers(event.subarray(start, end), { remove: ['usage'] });
    return Buffer.concat([event.subarray(0, start), rest, event.subarray(end)]);
  }

  private note(json: unknown) {
    const parts = answerParts(json);
    this.metered.id ??= parts.id;
    this.metered.model ??= parts.model;
    this.metered.usage = parts.usage ?? this.metered.usage;
    this.metered.finishReason = parts.finishReason ?? this.metered.finishReason;
    this.metered.characters += parts.characters;
    return parts;
  }
}

/** The one `data:` line of an event, where it holds an object; events of other forms are not of this API. */
function dataOf(event: Buffer): { text: string; start: number; end: number } | null {
  const at = event.indexOf('data:');
  if (at === -1 || (at > 0 && event[at - 1] !== 0x0a)) return null;
  const start = event.indexOf('{', at + 5);
  if (start === -1) return null;
  const newline = event.indexOf(0x0a, start);
  let end = newline === -1 ? event.length : newline;
  if (event[end - 1] === 0x0d) end--;
  return { text: event.toString('utf8', start, end), start, end };
}

function isNullUsage(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'usage' in json && json.usage === null;
}

/** The last flat or nested object under the name `usage` in the end of a document. */
function lastUsage(tail: string): unknown {
  const at = tail.lastIndexOf('"usage"');
  const start = at === -1 ? -1 : tail.indexOf('{', at);
  for (
    let end = tail.indexOf('}', start);
    start !== -1 && end !== -1;
    end = tail.indexOf('}', end + 1)
  ) {
    const usage = parseJson(tail.slice(start, end + 1));
    if (usage !== undefined) return usage;
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
