import { createHash, randomBytes } from 'node:crypto';

const KEY_BEGINNING = 'zr_';
const PREFIX_LENGTH = 10;

/** A fresh API key with what may be stored of it. */
export interface GeneratedApiKey {
  /** To be shown once and never kept. */
  key: string;
  /** Hex SHA-256. The key has 256 random bits, so a slow hash would add nothing. */
  hash: string;
  /** The first characters, for people to tell keys apart. */
  prefix: string;
}

export function generateApiKey(): GeneratedApiKey {
  const key = KEY_BEGINNING + randomBytes(32).toString('base64url');
  return { key, hash: hashApiKey(key), prefix: key.slice(0, PREFIX_LENGTH) };
}

export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** Whether a server that listens on this address can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
