/**
 * Seeded randomness of the anchor bank: sfc32 (C. Doty-Humphrey, PractRand), seeded by hashing a
 * text, so that every item owns a stream named by its path (`seed/family/level/index`) and adding a
 * family never changes the items of another.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(path: string) {
    const hash = hashText(path);
    this.a = hash;
    this.b = hashText(`${path}#b`);
    this.c = hashText(`${path}#c`);
    for (let warmUp = 0; warmUp < 12; warmUp++) this.nextUint32();
  }

  private nextUint32(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + result;
    return result >>> 0;
  }

  /** Uniform on [0, 1). */
  next(): number {
    return this.nextUint32() / 2 ** 32;
  }

  /** Uniform integer from min to max, both included. */
  int(min: number, max: number): number {
    if (!(max >= min)) throw new RangeError(`int(${min}, ${max}): the range is empty`);
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new RangeError('pick: nothing to pick from');
    return values[this.int(0, values.length - 1)] as T;
  }

  /** A new array in random order (Fisher–Yates). */
  shuffle<T>(values: readonly T[]): T[] {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** `count` different members, in random order. */
  sample<T>(values: readonly T[], count: number): T[] {
    if (count > values.length) {
      throw new RangeError(`sample: ${count} of ${values.length} values`);
    }
    return this.shuffle(values).slice(0, count);
  }
}

/** FNV-1a over UTF-16 units with a final avalanche (murmur3's fmix32); an unsigned 32-bit integer. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
