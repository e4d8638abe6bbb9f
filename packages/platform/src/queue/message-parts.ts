/**
 * Postgres limits the payload of a notification to 7,999 bytes, so a message travels as numbered
 * parts: `<id> <index> <count> <text>`. Parts of one message arrive in order, those of different
 * messages may interleave.
 */
export const MAX_PART_BYTES = 7_900;

/** Splits a message. Characters beyond ASCII must have been escaped: one character, one byte. */
export function splitMessage(id: string, message: string, maximum = MAX_PART_BYTES): string[] {
  const room = maximum - id.length - 16;
  const count = Math.max(1, Math.ceil(message.length / room));
  return Array.from(
    { length: count },
    (_, index) => `${id} ${index} ${count} ${message.slice(index * room, (index + 1) * room)}`,
  );
}

/** JSON with every character beyond ASCII as an escape. */
export function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Puts parts together again. What never becomes whole is forgotten when `forget` is called. */
export class MessageAssembler {
  private readonly partial = new Map<string, string[]>();

  /** @returns the message when this part completes it, else null. */
  add(part: string): string | null {
    const [, id = '', index = '0', count = '1', text = ''] =
      /^(\S+) (\d+) (\d+) ([^]*)$/.exec(part) ?? [];
    if (count === '1') return text;
    const texts = index === '0' ? [text] : [...(this.partial.get(id) ?? []), text];
    if (texts.length === Number(count) && Number(index) === texts.length - 1) {
      this.partial.delete(id);
      return texts.join('');
    }
    this.partial.set(id, texts);
    return null;
  }

  forget(id: string): void {
    this.partial.delete(id);
  }
}
