/** Which (query, model) cells have been seen: one bit each. */
export class SeenCells {
  readonly #bits = new Map<string, Uint8Array>();

  get models(): string[] {
    return [...this.#bits.keys()];
  }

  /** False when the cell was seen before. */
  add(query: number, model: string): boolean {
    let bits = this.#bits.get(model) ?? new Uint8Array(64);
    const byte = query >> 3;
    if (byte >= bits.length) {
      const wider = new Uint8Array(Math.max(byte + 1, 2 * bits.length));
      wider.set(bits);
      bits = wider;
    }
    this.#bits.set(model, bits);
    const bit = 1 << (query & 7);
    if ((bits[byte]! & bit) !== 0) return false;
    bits[byte]! |= bit;
    return true;
  }
}
