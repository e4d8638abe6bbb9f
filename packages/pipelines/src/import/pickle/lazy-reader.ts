import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** A long text of a pickle that was left in the file: where it lies, read when asked for. */
export class LongText {
  constructor(
    readonly file: LazyReader,
    readonly offset: number,
    readonly length: number,
  ) {}

  read(): string {
    return this.file.textAt(this.offset, this.length);
  }
}

/** Texts of at most this many bytes are read at once: names, ids, dtype codes. */
const SHORT = 255;
const WINDOW = 1 << 20;

/**
 * The reader that pickleparser reads from: a window that moves over the file. Long texts are skipped
 * and stand in the result as `LongText`, so that memory grows with the number of cells and not with
 * the length of prompts and answers (RouterBench's largest pickle is 1.1 GB).
 */
export class LazyReader {
  readonly #descriptor: number;
  readonly #size: number;
  readonly #window = Buffer.alloc(WINDOW);
  readonly #decoder = new TextDecoder('utf-8');
  #begin = 0;
  #end = 0;
  #position = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.#size = fstatSync(this.#descriptor).size;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  get position(): number {
    return this.#position;
  }

  hasNext(): boolean {
    return this.#position < this.#size;
  }

  byte(): number {
    return this.#window[this.#take(1)]!;
  }

  uint16(): number {
    return this.#window.readUInt16LE(this.#take(2));
  }

  int32(): number {
    return this.#window.readInt32LE(this.#take(4));
  }

  uint32(): number {
    return this.#window.readUInt32LE(this.#take(4));
  }

  uint64(): number {
    const value = Number(this.#window.readBigUInt64LE(this.#take(8)));
    if (value > this.#size) throw new Error(`a length of ${value} bytes is more than the file has`);
    return value;
  }

  /** Pickle keeps floats big-endian. */
  float64(): number {
    return this.#window.readDoubleBE(this.#take(8));
  }

  skip(length: number): void {
    if (length < 0 || this.#position + length > this.#size)
      throw new Error('the file ends in the middle of a value');
    this.#position += length;
  }

  bytes(length: number): Uint8Array {
    const from = this.#position;
    this.skip(length);
    return this.#readAt(from, length);
  }

  /** The declared type is pickleparser's; a long text comes back as `LongText`. */
  string(length: number): string {
    if (length <= SHORT) return this.#decoder.decode(this.bytes(length));
    const text = new LongText(this, this.#position, length);
    this.skip(length);
    return text as unknown as string;
  }

  line(): string {
    let line = '';
    for (let code = this.byte(); code !== 0x0a; code = this.byte())
      line += String.fromCharCode(code);
    return line;
  }

  textAt(offset: number, length: number): string {
    return this.#decoder.decode(this.#readAt(offset, length));
  }

  /** Where in the window the next `length` bytes lie; moves on behind them. */
  #take(length: number): number {
    const from = this.#position;
    this.skip(length);
    if (from < this.#begin || from + length > this.#end) {
      this.#begin = from;
      this.#end = from + readSync(this.#descriptor, this.#window, 0, WINDOW, from);
    }
    return from - this.#begin;
  }

  #readAt(offset: number, length: number): Uint8Array {
    if (offset >= this.#begin && offset + length <= this.#end)
      return Uint8Array.prototype.slice.call(
        this.#window,
        offset - this.#begin,
        offset - this.#begin + length,
      );
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length;) {
      const count = readSync(this.#descriptor, bytes, at, length - at, offset + at);
      if (count === 0) throw new Error('the file became shorter while it was read');
      at += count;
    }
    return bytes;
  }
}
