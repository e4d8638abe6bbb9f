import type { Transaction } from '../connection.js';
import { opaqueId } from '../opaque-id.js';

/** Where a model is served; its key is sealed and stays behind. */
export interface StoredDeployment {
  id: string;
  baseUrl: string;
  /** The model's name there. */
  upstreamModel: string;
  /** Header that carries the bare key; null = `Authorization: Bearer`. */
  authHeader: string | null;
  /** Last characters of the key, none of a short one; null = there is no key. */
  apiKeyHint: string | null;
}

export interface SealedDeployment extends StoredDeployment {
  apiKeyCiphertext: Uint8Array | null;
}

/** Unique within its model by `baseUrl` and `upstreamModel`. */
export interface NewDeployment {
  baseUrl: string;
  upstreamModel: string;
  authHeader: string | null;
  /** In clear; null = none, or that of the deployment which it replaces. */
  apiKey: string | null;
}

/** Encrypts a key so that it opens for this deployment alone. */
export type SealKey = (apiKey: string, deploymentId: string) => Uint8Array;

export const withoutKey = {
  id: true,
  baseUrl: true,
  upstreamModel: true,
  authHeader: true,
  apiKeyHint: true,
} as const;

const HINT_CHARS = 4;
/** A hint of a shorter key would give away too much of it. */
const HINTED_FROM = 12;

/**
 * Makes the model's deployments those that are wanted. One that is equal in URL and upstream model
 * stays, with its id and, unless a new one comes, its key; to another URL no key is carried over.
 * @returns whether anything changed
 */
export async function replaceDeployments(
  transaction: Transaction,
  modelId: string,
  wanted: readonly NewDeployment[],
  seal: SealKey,
): Promise<boolean> {
  const present = await transaction.deployment.findMany({ where: { modelId } });
  const kept = new Set<string>();
  // Apart by a millisecond, so that they are listed as they came.
  const now = Date.now();
  let changed = false;
  for (const [i, { baseUrl, upstreamModel, authHeader, apiKey }] of wanted.entries()) {
    const same = present.find(
      (one) => one.baseUrl === baseUrl && one.upstreamModel === upstreamModel,
    );
    if (same === undefined) {
      const id = opaqueId('dep');
      const where = { id, modelId, baseUrl, upstreamModel, createdAt: new Date(now + i) };
      await transaction.deployment.create({
        data: { ...where, authHeader, ...sealed(apiKey, id, seal) },
      });
      changed = true;
      continue;
    }
    kept.add(same.id);
    if (apiKey === null && same.authHeader === authHeader) continue;
    await transaction.deployment.update({
      where: { id: same.id },
      data: { authHeader, ...sealed(apiKey, same.id, seal) },
    });
    changed = true;
  }
  const gone = present.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  await transaction.deployment.deleteMany({ where: { id: { in: gone } } });
  return changed || gone.length > 0;
}

function sealed(apiKey: string | null, deploymentId: string, seal: SealKey) {
  if (apiKey === null) return {};
  return {
    apiKeyCiphertext: Uint8Array.from(seal(apiKey, deploymentId)),
    apiKeyHint: apiKey.length >= HINTED_FROM ? apiKey.slice(-HINT_CHARS) : '',
  };
}
