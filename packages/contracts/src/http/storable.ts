import { z } from 'zod';

/** Neither NUL nor half of a surrogate pair, which Postgres cannot store. */
export const storableText = z.string().regex(/^[^\0\p{Surrogate}]*$/u, {
  error: 'must not hold NUL or an unpaired surrogate',
});

/** A whole number that an integer column of Postgres can hold. */
export const storableInteger = z.number().int().max(2_147_483_647);
