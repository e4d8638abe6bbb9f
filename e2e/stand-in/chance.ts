import { createHash } from 'node:crypto';

/** Uniform on [0, 1), the same for the same words: what has been drawn once stays as it was. */
export function chance(...words: (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(words)).digest().readUIntBE(0, 6) / 2 ** 48;
}
