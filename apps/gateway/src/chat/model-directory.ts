import { isDeepStrictEqual } from 'node:util';
import type { ModelPrices } from '@zerorouter/contracts';
import type { ModelStore, SealedDeployment } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import type { Deployment } from '@zerorouter/providers';
import { KeptFresh } from '../registry/kept-fresh.js';

/** A model that can be called. */
export interface ServedModel {
  readonly id: string;
  readonly name: string;
  /** Tokens; null where unknown. */
  readonly contextWindow: number | null;
  /** List prices; null = what the profile says, if it does. */
  readonly prices: ModelPrices | null;
  /** At least one. The same object as long as nothing about it changes. */
  readonly deployments: readonly Deployment[];
}

/** Opens the key of a deployment. @throws DomainError when it cannot be read */
export type OpenKey = (sealed: Uint8Array, deploymentId: string) => string;

interface Opened {
  sealed: SealedDeployment;
  deployment: Deployment;
}

/**
 * Where models are called, in memory, whatever the state of their profiles: a name that a request gives
 * is called as it says. It is read again when it is told of a change, and every `refreshMs` as the net
 * under it; while Postgres is away, what was read last stands.
 */
export class ModelDirectory {
  private models: ReadonlyMap<string, ServedModel> = new Map();
  private opened = new Map<string, Opened>();
  private unreadable = new Set<string>();
  private readonly fresh: KeptFresh;

  constructor(
    private readonly database: { readonly models: Pick<ModelStore, 'served'> },
    private readonly openKey: OpenKey,
    private readonly logger: Logger,
    refreshMs: number,
  ) {
    this.fresh = new KeptFresh(() => this.load(), {
      refreshMs,
      logger,
      failure: 'deployments could not be read again; the old ones stand',
    });
  }

  find(name: string): ServedModel | undefined {
    return this.models.get(name);
  }

  get all(): Iterable<ServedModel> {
    return this.models.values();
  }

  /** Loads once, which must work. */
  start(): Promise<void> {
    return this.fresh.start();
  }

  refresh(): void {
    this.fresh.refresh();
  }

  close(): Promise<void> {
    return this.fresh.close();
  }

  private async load(): Promise<void> {
    const opened = new Map<string, Opened>();
    const models = new Map<string, ServedModel>();
    for (const { id, name, contextWindow, prices, sealed } of await this.database.models.served()) {
      const deployments = sealed.flatMap((one) => {
        const found = this.open(one, name);
        if (found === null) return [];
        opened.set(one.id, found);
        return [found.deployment];
      });
      if (deployments.length > 0)
        models.set(name, { id, name, contextWindow, prices, deployments });
    }
    this.opened = opened;
    this.models = models;
  }

  private open(sealed: SealedDeployment, model: string): Opened | null {
    const before = this.opened.get(sealed.id);
    if (before !== undefined && isDeepStrictEqual(before.sealed, sealed)) return before;
    const { id, baseUrl, upstreamModel, authHeader, apiKeyCiphertext } = sealed;
    try {
      const apiKey = apiKeyCiphertext === null ? null : this.openKey(apiKeyCiphertext, id);
      this.unreadable.delete(id);
      return { sealed, deployment: { id, baseUrl, upstreamModel, authHeader, apiKey } };
    } catch (error) {
      // Said once, not at every reading.
      if (!this.unreadable.has(id))
        this.logger.error({ err: error, model, deployment: id }, 'a deployment cannot be called');
      this.unreadable.add(id);
      return null;
    }
  }
}
