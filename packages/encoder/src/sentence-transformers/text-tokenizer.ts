import * as huggingFace from '@huggingface/tokenizers';

/** The part that is used; the package's own declarations do not resolve under Node's ESM rules. */
interface Tokenizer {
  encode(text: string, options?: { add_special_tokens: boolean }): { ids: number[] };
}
const { Tokenizer } = huggingFace as unknown as {
  Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
};

/** Special tokens around a window, and the query prefix in front of the text. */
export interface TokenFrame {
  readonly head: readonly number[];
  readonly tail: readonly number[];
}

/**
 * A Hugging Face tokenizer that gives a text's tokens bare, and apart from them what every window
 * of the text is framed by: `[CLS] query: … [SEP]`.
 */
export class TextTokenizer {
  readonly frame: TokenFrame;
  readonly #tokenizer: Tokenizer;
  readonly #prefix: string;
  readonly #prefixIds: readonly number[];

  /** @param tokenizer content of `tokenizer.json`; @param config of `tokenizer_config.json`. */
  constructor(tokenizer: object, config: object, queryPrefix: string) {
    this.#tokenizer = new Tokenizer(tokenizer, config);
    this.#prefix = queryPrefix;
    this.#prefixIds = queryPrefix === '' ? [] : this.#encode(queryPrefix);
    const { head, tail } = this.#specialTokens();
    this.frame = { head: [...head, ...this.#prefixIds], tail };
  }

  /**
   * Tokens of the text without prefix and special tokens. Text and prefix are read together, as
   * the model met them in training; should the tokens of the prefix not stand in front (a
   * tokenizer may merge across the seam), the text is read alone.
   */
  encode(text: string): number[] {
    const joint = this.#encode(this.#prefix + text);
    const seam = this.#prefixIds.length;
    return this.#prefixIds.every((id, index) => joint[index] === id)
      ? joint.slice(seam)
      : this.#encode(text);
  }

  #encode(text: string): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** What the tokenizer adds before and after a text, seen on a probe. */
  #specialTokens(): TokenFrame {
    const bare = this.#encode(PROBE);
    const framed = this.#tokenizer.encode(PROBE).ids;
    const start = framed.findIndex((_, index) =>
      bare.every((id, offset) => framed[index + offset] === id),
    );
    if (start === -1) return { head: [], tail: [] };
    return { head: framed.slice(0, start), tail: framed.slice(start + bare.length) };
  }
}

const PROBE = 'a';
