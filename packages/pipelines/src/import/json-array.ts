import { BadInputError, openBytes } from '@zerorouter/data-set';

/** An element of a JSON array: its position from 0 and the line on which it begins. */
export interface JsonElement {
  index: number;
  line: number;
  value: unknown;
}

/**
 * Reads a large JSON file an element at a time: the elements of the array `member` of the top-level
 * object, or of the top-level array when `member` is null. Only the current element is in memory.
 * The object's other members are put into `header` as they come: those that stand before the array
 * are there with its first element.
 * @throws BadInputError with line and element for what is not JSON of that form.
 */
export async function* readJsonArray(
  path: string,
  member: string | null,
  header: Record<string, unknown> = {},
): AsyncGenerator<JsonElement> {
  const splitter = new ArraySplitter(path, member, header);
  const input = openBytes(path).setEncoding('utf8');
  try {
    for await (const chunk of input) yield* splitter.push(chunk as string);
  } catch (error) {
    if (error instanceof BadInputError) throw error;
    throw new BadInputError(path, null, `cannot be read: ${(error as Error).message}`, error);
  }
  splitter.end();
}

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Cuts JSON text at the commas of two levels, the object's and its array's; JSON.parse does the rest. */
class ArraySplitter {
  /** What the commas at the present level part: nothing, members of the object, array elements. */
  #level: 'start' | 'object' | 'array' | 'end' = 'start';
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  #piece = '';
  #pieceLine = 1;
  #index = 0;
  #found = false;
  readonly #path: string;
  readonly #member: string | null;
  readonly #header: Record<string, unknown>;

  constructor(path: string, member: string | null, header: Record<string, unknown>) {
    this.#path = path;
    this.#member = member;
    this.#header = header;
  }

  *push(chunk: string): Generator<JsonElement> {
    let from = 0;
    const cut = (at: number) => {
      const piece = this.#piece + chunk.slice(from, at);
      this.#piece = '';
      from = at + 1;
      return piece;
    };
    for (let at = 0; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (code === NEWLINE) this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inString = false;
      } else if (code === QUOTE) this.#inString = true;
      else if (code === OPEN_OBJECT || code === OPEN_LIST) {
        this.#depth++;
        if (this.#opens(code, () => this.#piece + chunk.slice(from, at))) {
          cut(at);
          this.#pieceLine = this.#line;
        }
      } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
        this.#depth--;
        if (this.#closes(code)) {
          yield* this.#take(cut(at), false);
          this.#level = this.#depth === 0 ? 'end' : 'object';
        }
      } else if (code === COMMA && this.#depth === this.#levelDepth()) {
        yield* this.#take(cut(at), true);
      }
    }
    this.#piece += chunk.slice(from);
    if (this.#level === 'start' || this.#level === 'end') this.#requireBlank(this.#piece);
  }

  end(): void {
    if (this.#level !== 'end') throw this.#fail('ends in the middle; the file is cut short');
    if (!this.#found) throw this.#fail(`has no list "${this.#member}"`, null);
  }

  /** Nesting depth of what the commas of this level part. */
  #levelDepth(): number {
    if (this.#level === 'object') return 1;
    if (this.#level === 'array') return this.#member === null ? 1 : 2;
    return -1;
  }

  /** Whether this bracket opens the top level or the array itself, and not a value within. */
  #opens(code: number, before: () => string): boolean {
    if (this.#level === 'start') {
      this.#requireBlank(before());
      const expected = this.#member === null ? OPEN_LIST : OPEN_OBJECT;
      if (code !== expected)
        throw this.#fail(
          this.#member === null
            ? 'is no JSON list'
            : `is no JSON object with a list "${this.#member}"`,
        );
      this.#level = this.#member === null ? 'array' : 'object';
      this.#found = this.#member === null;
      return true;
    }
    if (this.#level !== 'object' || this.#depth !== 2 || code !== OPEN_LIST) return false;
    const key = /^\s*("(?:[^"\\]|\\.)*")\s*:\s*$/.exec(before())?.[1];
    if (key === undefined || JSON.parse(key) !== this.#member) return false;
    this.#level = 'array';
    this.#found = true;
    return true;
  }

  #closes(code: number): boolean {
    if (this.#depth !== this.#levelDepth() - 1) return false;
    if (code !== (this.#level === 'array' ? CLOSE_LIST : CLOSE_OBJECT))
      throw this.#fail(`has a "${String.fromCharCode(code)}" that closes nothing`);
    return true;
  }

  /** One piece between commas: an element, or a member for the header. */
  *#take(piece: string, more: boolean): Generator<JsonElement> {
    const line = this.#pieceLine + newlines(/^\s*/.exec(piece)![0]);
    this.#pieceLine = this.#line;
    if (this.#level === 'array') {
      if (piece.trim() === '' && !more && this.#index === 0) return;
      const value = this.#parse(piece, line);
      yield { index: this.#index++, line, value };
    } else if (piece.trim() !== '') {
      Object.assign(this.#header, this.#parse(`{${piece}}`, line));
    }
  }

  #parse(text: string, line: number): unknown {
    try {
      return parsePythonJson(text);
    } catch (error) {
      const where = this.#level === 'array' ? `element ${this.#index + 1} is ` : '';
      throw this.#fail(`${where}not valid JSON (${(error as Error).message})`, line, error);
    }
  }

  #requireBlank(text: string): void {
    if (text.replace(/^\uFEFF/, '').trim() !== '') throw this.#fail('is not valid JSON');
  }

  #fail(problem: string, line: number | null = this.#line, cause?: unknown): BadInputError {
    return new BadInputError(this.#path, line, problem, cause);
  }
}

/** JSON as Python writes it: NaN and infinities stand bare, outside the standard; they become null. */
function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const standard = text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g, (token) =>
      token.startsWith('"') ? token : 'null',
    );
    if (standard === text) throw error;
    return JSON.parse(standard);
  }
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}
