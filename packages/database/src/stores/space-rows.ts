import { DomainError } from '@zerorouter/contracts';
import type { BankItem } from '@zerorouter/contracts';
import type { Transaction } from '../connection.js';

/** Items a statement: its parameters stay at a few MB. */
const CHUNK_ITEMS = 5_000;

/** @throws `space-not-found` */
export async function requireSpace(transaction: Transaction, version: string): Promise<void> {
  if ((await transaction.latentSpace.count({ where: { version } })) === 0)
    throw new DomainError(
      'space-not-found',
      `there is no latent space ${version}: store it first, or name one that is listed`,
      { details: { version } },
    );
}

/** Appends items from `firstPosition` on. */
export async function insertItems(
  transaction: Transaction,
  version: string,
  firstPosition: number,
  items: readonly BankItem[],
): Promise<void> {
  for (let first = 0; first < items.length; first += CHUNK_ITEMS)
    await insertChunk(
      transaction,
      version,
      firstPosition + first,
      items.slice(first, first + CHUNK_ITEMS),
    );
}

/** One INSERT from columns; unnest() flattens nested arrays, so that a vector travels as text. */
async function insertChunk(
  transaction: Transaction,
  version: string,
  firstPosition: number,
  items: readonly BankItem[],
): Promise<void> {
  await transaction.$executeRaw`
    INSERT INTO items
      (space_version, position, hash, source, discrimination, difficulty, difficulty_variance)
    SELECT ${version}, ${firstPosition}::int - 1 + n, hash, source, vector::float8[], d, v
    FROM unnest(
      ${items.map((item) => item.hash)}::text[],
      ${items.map((item) => item.source)}::text[],
      ${items.map((item) => `{${item.discrimination.join(',')}}`)}::text[],
      ${items.map((item) => item.difficulty)}::float8[],
      ${items.map((item) => item.difficultyVariance)}::float8[]
    ) WITH ORDINALITY AS item(hash, source, vector, d, v, n)`;
}
