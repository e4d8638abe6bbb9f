import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EncoderIdentity } from '@zerorouter/encoder';

/** SHA-256 of a text: names a record. */
const KEY_BYTES = 32;

/** Records that are read at a time: bounds the memory of a scan. */
const CHUNK_RECORDS = 512;

/** More shards than this are merged into one. */
const MOST_SHARDS = 12;

const SHARD = '.records';

/**
 * Pooled embeddings of single texts by one encoder: records [32-byte SHA-256 of the text | values ×
 * float32] in the shards of one folder, so that any list of texts finds what any earlier list left.
 *
 * A process writes a shard of its own under another name and renames it when it is whole: two
 * processes at once cannot touch each other's records, and one that is killed leaves none behind. A
 * torn tail (a lost disk block) shows by its size and is not read. A record that stands twice has the
 * same bits, since an embedding depends on its text alone.
 */
export class EmbeddingCache {
  readonly #folder: string;
  readonly #recordBytes: number;

  /** @param values numbers a text, whatever the caller packs into them. */
  constructor(
    cacheDir: string,
    encoder: EncoderIdentity,
    private readonly values: number,
  ) {
    const identity = `${encoder.id} ${encoder.dimension} ${values}`;
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 32);
    this.#folder = join(cacheDir, name);
    this.#recordBytes = KEY_BYTES + 4 * values;
  }

  /**
   * Calls `found` for every one of the texts that is known, with all its places in the list.
   * @param found gets a view that is valid only during the call.
   */
  read(texts: readonly string[], found: (rows: readonly number[], values: Float32Array) => void) {
    const wanted = new Map<string, number[]>();
    texts.forEach((text, row) => {
      const key = keyOf(text).toString('latin1');
      const rows = wanted.get(key);
      if (rows === undefined) wanted.set(key, [row]);
      else rows.push(row);
    });
    for (const shard of this.#shards()) {
      if (wanted.size === 0) return;
      this.#scan(shard, (key, values) => {
        const rows = wanted.get(key);
        if (rows === undefined) return;
        wanted.delete(key);
        found(rows, values);
      });
    }
  }

  /** Adds one shard with the records of `texts`; values lie text after text. */
  write(texts: readonly string[], values: Float32Array): void {
    if (texts.length === 0) return;
    this.#writeShard((append) => {
      texts.forEach((text, i) =>
        append(keyOf(text), values.subarray(i * this.values, (i + 1) * this.values)),
      );
    });
    const shards = this.#shards();
    if (shards.length > MOST_SHARDS) this.#merge(shards);
  }

  #merge(shards: readonly string[]): void {
    const seen = new Set<string>();
    this.#writeShard((append) => {
      for (const shard of shards)
        this.#scan(shard, (key, values) => {
          if (seen.has(key)) return;
          seen.add(key);
          append(Buffer.from(key, 'latin1'), values);
        });
    });
    for (const shard of shards) rmSync(shard, { force: true });
  }

  #shards(): string[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith(SHARD))
      .sort()
      .map((name) => join(this.#folder, name));
  }

  #scan(shard: string, visit: (key: string, values: Float32Array) => void): void {
    let file: number;
    try {
      file = openSync(shard, 'r');
    } catch (error) {
      // Another process merged it meanwhile: at worst its texts are encoded again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    try {
      const records = Math.floor(fstatSync(file).size / this.#recordBytes);
      const chunk = Buffer.alloc(CHUNK_RECORDS * this.#recordBytes);
      const values = new Float32Array(this.values);
      const bytes = new Uint8Array(values.buffer);
      for (let first = 0; first < records; first += CHUNK_RECORDS) {
        const count = Math.min(CHUNK_RECORDS, records - first);
        const read = readSync(file, chunk, 0, count * this.#recordBytes, first * this.#recordBytes);
        if (read < count * this.#recordBytes) return;
        for (let r = 0; r < count; r++) {
          const at = r * this.#recordBytes;
          // Copied: a record need not start on a multiple of four.
          bytes.set(chunk.subarray(at + KEY_BYTES, at + this.#recordBytes));
          visit(chunk.toString('latin1', at, at + KEY_BYTES), values);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  #writeShard(fill: (append: (key: Buffer, values: Float32Array) => void) => void): void {
    mkdirSync(this.#folder, { recursive: true });
    const path = join(this.#folder, `${Date.now()}-${randomUUID()}`);
    const file = openSync(`${path}.partial`, 'wx');
    try {
      let pending: Buffer[] = [];
      const flush = () => {
        const bytes = Buffer.concat(pending);
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
        pending = [];
      };
      fill((key, values) => {
        pending.push(key, Buffer.from(new Float32Array(values).buffer));
        if (pending.length >= 2 * CHUNK_RECORDS) flush();
      });
      flush();
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.partial`, `${path}${SHARD}`);
  }
}

/** The exact text is the key: an encoder may tell apart what a normalised form would not. */
function keyOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
