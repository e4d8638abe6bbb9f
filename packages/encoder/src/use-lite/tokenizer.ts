/**
 * The tokenizer of the Universal Sentence Encoder Lite: a SentencePiece unigram model, segmented
 * by best total score (Viterbi). It gives the ids of the original's TensorFlow.js tokenizer, whose
 * habits are kept because the weights were trained and published with them:
 * - a position where no piece begins yields the unknown id 0, at score 0; runs of it merge;
 * - a position that no piece reaches counts as reached at score 0;
 * - a piece without a score counts as 0; of equal scores the later start (shorter piece) wins.
 */
export class UseLiteTokenizer {
  readonly #root: TrieNode = { children: new Map(), id: -1, score: 0 };
  readonly #lengths: Int32Array;

  /** @param vocabulary pieces with log probabilities; the first six ids are reserved. */
  constructor(vocabulary: readonly (readonly [piece: string, score: number | null])[]) {
    this.#lengths = Int32Array.from(vocabulary, ([piece]) => piece.length);
    for (const [id, [piece, score]] of vocabulary.entries()) {
      if (id >= RESERVED) this.#insert(piece, id, score ?? 0);
    }
  }

  /** Token ids of the whole text, uncut. An empty text has none. Time grows with its length. */
  encode(text: string): number[] {
    const normalized = text.normalize('NFKC');
    if (normalized.length === 0) return [];
    return this.#segment(SPACE + normalized.replaceAll(' ', SPACE));
  }

  #segment(symbols: string): number[] {
    const best = new Float64Array(symbols.length + 1);
    const ids = new Int32Array(symbols.length + 1);
    const relax = (end: number, score: number, id: number): void => {
      const reached = best[end] ?? 0;
      if (reached !== 0 && score < reached) return;
      best[end] = score;
      ids[end] = id;
    };
    for (let start = 0; start < symbols.length; start += 1) {
      const base = best[start] ?? 0;
      let matched = false;
      let node = this.#root.children.get(symbols.charCodeAt(start));
      for (let end = start + 1; node !== undefined; end += 1) {
        if (node.id !== -1) {
          relax(end, base + node.score, node.id);
          matched = true;
        }
        if (end === symbols.length) break;
        node = node.children.get(symbols.charCodeAt(end));
      }
      if (!matched) relax(start + 1, base, UNKNOWN);
    }
    return this.#readBack(ids);
  }

  /** Follows the best segmentation from the end; the unknown id is one symbol wide. */
  #readBack(ids: Int32Array): number[] {
    const tokens: number[] = [];
    let position = ids.length - 1;
    while (position > 0) {
      const id = ids[position] ?? UNKNOWN;
      if (id !== UNKNOWN || tokens.at(-1) !== UNKNOWN) tokens.push(id);
      position -= this.#lengths[id] ?? 1;
    }
    return tokens.reverse();
  }

  #insert(piece: string, id: number, score: number): void {
    let node = this.#root;
    for (let index = 0; index < piece.length; index += 1) {
      const symbol = piece.charCodeAt(index);
      let child = node.children.get(symbol);
      if (child === undefined) {
        child = { children: new Map(), id: -1, score: 0 };
        node.children.set(symbol, child);
      }
      node = child;
    }
    node.id = id;
    node.score = score;
  }
}

const RESERVED = 6;
const UNKNOWN = 0;
const SPACE = '▁';

/** `id` is -1 where no piece ends. Keys are UTF-16 code units: no piece leaves the basic plane. */
interface TrieNode {
  readonly children: Map<number, TrieNode>;
  id: number;
  score: number;
}
