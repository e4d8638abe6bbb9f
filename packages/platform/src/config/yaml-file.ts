import { readFileSync } from 'node:fs';
import type { DeclarationPath, DeclarationProblem } from '@zerorouter/contracts';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';

/** A YAML file whose values know where they stand. */
export class YamlFile {
  /** What the text is as plain data; undefined where it cannot be read. */
  readonly data: unknown;
  /** What is wrong with the text as such, ready to be shown. */
  readonly mistakes: readonly string[];
  private readonly lines = new LineCounter();
  private readonly document: Document.Parsed;

  constructor(
    private readonly path: string,
    text: string,
  ) {
    this.document = parseDocument(text, {
      lineCounter: this.lines,
      prettyErrors: false,
      merge: true,
    });
    const mistakes = this.document.errors.map(
      ({ pos, message }) => `${this.position(pos[0])}: ${message}`,
    );
    if (mistakes.length === 0) {
      try {
        this.data = this.document.toJS();
      } catch (error) {
        // Aliases that multiply without end, or point nowhere.
        mistakes.push(`${this.path}: ${(error as Error).message}`);
      }
    }
    this.mistakes = mistakes;
  }

  /** @throws Error of Node when the file cannot be read */
  static read(path: string): YamlFile {
    return new YamlFile(path, readFileSync(path, 'utf8'));
  }

  /** `file:line:column path: message`; of what is missing, the place of what should hold it. */
  describe({ at, message }: DeclarationProblem): string {
    const shown = at.map(String).join('.');
    return `${this.position(this.offsetOf(at))}${shown === '' ? '' : ` ${shown}`}: ${message}`;
  }

  private position(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.path}:${line}:${col}`;
  }

  private offsetOf(at: DeclarationPath): number {
    let node: unknown = this.document.contents;
    let offset = this.document.contents?.range[0] ?? 0;
    for (const key of at) {
      const here = isAlias(node) ? node.resolve(this.document) : node;
      const pair = isMap(here) ? here.items.find((item) => keyOf(item) === String(key)) : undefined;
      const next = isSeq(here) ? here.items[Number(key)] : pair?.value;
      if (next === undefined && pair === undefined) break;
      node = next;
      const marked = isScalar(next) || isSeq(here) ? next : pair?.key;
      offset = (marked as Node | null | undefined)?.range?.[0] ?? offset;
    }
    return offset;
  }
}

function keyOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}
