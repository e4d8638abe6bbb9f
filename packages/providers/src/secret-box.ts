import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DomainError } from '@zerorouter/contracts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAG_AT = 1 + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;

/** The slice of the configuration that holds the keys, each base64 of 32 bytes. */
export interface SecretKeys {
  SECRETS_KEY?: string | undefined;
  /** The key before this one, while what it has sealed is still about. */
  SECRETS_KEY_PREVIOUS?: string | undefined;
}

/**
 * Seals the API keys of deployments for the database, with AES-256-GCM. The layout is: version (1
 * byte, 1), nonce (12), tag (16), ciphertext. The context, a deployment's id, is authenticated
 * along, so that sealed bytes are worth nothing in another row.
 */
export class SecretBox {
  readonly #keys: readonly Buffer[];
  readonly #sealingKey: Buffer | null;

  /** @throws RangeError for a key that is not base64 of 32 bytes */
  constructor(keys: SecretKeys) {
    this.#sealingKey = keys.SECRETS_KEY ? decodeKey('SECRETS_KEY', keys.SECRETS_KEY) : null;
    const previous = keys.SECRETS_KEY_PREVIOUS
      ? [decodeKey('SECRETS_KEY_PREVIOUS', keys.SECRETS_KEY_PREVIOUS)]
      : [];
    this.#keys = [...(this.#sealingKey === null ? [] : [this.#sealingKey]), ...previous];
  }

  /** @throws DomainError `secrets-key-missing` */
  seal(plain: string, context: string): Uint8Array {
    if (this.#sealingKey === null) throw keyMissing();
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#sealingKey, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(context, 'utf8'));
    const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return new Uint8Array(Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), text]));
  }

  /**
   * @throws DomainError `secrets-key-missing`; `secret-unreadable` for bytes that were sealed with
   *   neither key, for another context, or have changed since
   */
  open(sealed: Uint8Array, context: string): string {
    if (this.#keys.length === 0) throw keyMissing();
    if (sealed.length < TEXT_AT || sealed[0] !== VERSION) {
      throw unreadable(context, 'its form is unknown here: it may stem from a newer ZeroRouter');
    }
    for (const key of this.#keys) {
      const plain = decrypt(key, sealed, context);
      if (plain !== null) return plain;
    }
    throw unreadable(
      context,
      'it was sealed with a key that is neither SECRETS_KEY nor SECRETS_KEY_PREVIOUS, or it has been changed',
    );
  }
}

function decrypt(key: Buffer, sealed: Uint8Array, context: string): string | null {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(1, TAG_AT), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.subarray(TAG_AT, TEXT_AT));
  const text = decipher.update(sealed.subarray(TEXT_AT));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

function decodeKey(name: string, base64: string): Buffer {
  const key = Buffer.from(base64, 'base64');
  if (key.length !== KEY_BYTES || key.toString('base64') !== base64) {
    throw new RangeError(`${name} must be base64 of ${KEY_BYTES} bytes: openssl rand -base64 32`);
  }
  return key;
}

function keyMissing(): DomainError<'secrets-key-missing'> {
  return new DomainError(
    'secrets-key-missing',
    'SECRETS_KEY is not set, and without it no API key of a deployment can be kept or read: set it to the output of "openssl rand -base64 32", the same for every process',
  );
}

function unreadable(context: string, why: string): DomainError<'secret-unreadable'> {
  return new DomainError(
    'secret-unreadable',
    `The stored API key of deployment ${context} cannot be read: ${why}. Set the key that it was sealed with as SECRETS_KEY_PREVIOUS, or enter the API key anew`,
    { details: { deployment_id: context } },
  );
}
