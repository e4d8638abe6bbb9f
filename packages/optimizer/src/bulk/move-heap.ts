/** A binary min-heap of queries by the value that moving them would lose. */
export class MoveHeap {
  #keys = new Float64Array(8);
  #queries = new Int32Array(8);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#size = 0;
  }

  /** Key of the first query; Infinity when empty. */
  get topKey(): number {
    return this.#size === 0 ? Infinity : this.#keys[0];
  }

  /** The query of the least key; −1 when empty. */
  get topQuery(): number {
    return this.#size === 0 ? -1 : this.#queries[0];
  }

  push(key: number, query: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    const keys = this.#keys;
    const queries = this.#queries;
    let at = this.#size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[at] = keys[parent];
      queries[at] = queries[parent];
      at = parent;
    }
    keys[at] = key;
    queries[at] = query;
  }

  pop(): void {
    const keys = this.#keys;
    const queries = this.#queries;
    const size = --this.#size;
    const key = keys[size];
    const query = queries[size];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= key) break;
      keys[at] = keys[child];
      queries[at] = queries[child];
      at = child;
    }
    keys[at] = key;
    queries[at] = query;
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length);
    const queries = new Int32Array(2 * this.#queries.length);
    keys.set(this.#keys);
    queries.set(this.#queries);
    this.#keys = keys;
    this.#queries = queries;
  }
}
