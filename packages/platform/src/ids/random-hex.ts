import { randomUUID } from 'node:crypto';

/** Of a version 4 UUID's 32 hex digits, all but the two fields that say what it is. */
const MOST_DIGITS = 27;

/**
 * Random hex digits, up to 27. They are those of randomUUID(), which draws its bits in advance, where randomBytes()
 * goes to the system each time: of what a decision costs, one part in thirty.
 * @throws RangeError
 */
export function randomHex(digits: number): string {
  if (!(digits <= MOST_DIGITS))
    throw new RangeError(`${digits} random digits: there are ${MOST_DIGITS}`);
  const uuid = randomUUID();
  // xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx
  const free = uuid.slice(24) + uuid.slice(20, 23) + uuid.slice(0, 8) + uuid.slice(9, 13);
  return free.slice(0, digits);
}
