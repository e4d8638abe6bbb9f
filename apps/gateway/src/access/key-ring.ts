import type { ApiKey, ApiKeyStore } from '@zerorouter/database';
import { hashApiKey } from '@zerorouter/platform';
import { LRUCache } from 'lru-cache';

/** A change is told by Postgres at once; this is the net under it. */
const KNOWN_MS = 30_000;
/** Shorter: a key that was just made somewhere else should work soon. */
const UNKNOWN_MS = 2_000;

/**
 * Finds presented keys by their SHA-256, and remembers them for a moment. What is compared are
 * hashes, so the time it takes tells nothing about how near a guess came.
 */
export class KeyRing {
  /** Counts changes: what was read before one must not be remembered after it. */
  private changes = 0;
  private readonly remembered = new LRUCache<string, { key: ApiKey | undefined }>({ max: 10_000 });

  constructor(private readonly store: Pick<ApiKeyStore, 'findByHash'>) {}

  async find(presented: string): Promise<ApiKey | undefined> {
    const hash = hashApiKey(presented);
    const known = this.remembered.get(hash);
    if (known !== undefined) return known.key;
    const before = this.changes;
    const key = (await this.store.findByHash(hash)) ?? undefined;
    if (before === this.changes)
      this.remembered.set(hash, { key }, { ttl: key === undefined ? UNKNOWN_MS : KNOWN_MS });
    return key;
  }

  /** Called when any key changed. */
  forgetAll(): void {
    this.changes++;
    this.remembered.clear();
  }
}
