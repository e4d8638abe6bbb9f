import type { Change, ChangeSubscription, Database } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import { KeptFresh } from './kept-fresh.js';
import { arrangeProfiles } from './snapshot.js';
import type { RegistrySnapshot } from './snapshot.js';

const EMPTY: RegistrySnapshot = {
  space: null,
  profiles: [],
  candidates: [],
  profileVersions: {},
  policies: [],
  rollOuts: [],
};

/**
 * Holds the active space, its profiles, the policies and their roll-outs in memory. It reads them again whenever
 * Postgres tells of a change, and every `refreshMs` as the net under it. While Postgres is away the
 * last snapshot stands.
 */
export class Registry {
  private snapshot = EMPTY;
  private readonly fresh: KeptFresh;
  private subscription: ChangeSubscription | undefined;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    refreshMs: number,
  ) {
    this.fresh = new KeptFresh(() => this.load(), {
      refreshMs,
      logger,
      failure: 'profiles could not be read again; the old ones stand',
    });
  }

  get current(): RegistrySnapshot {
    return this.snapshot;
  }

  /** Loads once, which must work, and then keeps itself up to date. */
  async start(onChange: (change: Change) => void): Promise<void> {
    this.subscription = await this.database.listenForChanges(
      (change) => {
        onChange(change);
        if (change.kind !== 'key') this.fresh.refresh();
      },
      {
        onConnectionLost: (error) => this.logger.warn({ err: error }, 'no news from Postgres'),
      },
    );
    await this.fresh.start();
  }

  async close(): Promise<void> {
    await this.subscription?.close();
    await this.fresh.close();
  }

  private async load(): Promise<void> {
    const [space, policies, rollOuts] = await Promise.all([
      this.database.spaces.active(),
      this.database.policies.list(),
      this.database.rollOuts.running(),
    ]);
    // One read: a profile that changes its state between two would be there twice, or not at all.
    const stored =
      space === null
        ? []
        : await this.database.profiles.list({
            state: ['active', 'shadow'],
            spaceVersion: space.manifest.version,
          });
    const { usable, unusable } = arrangeProfiles(stored, space?.manifest.dimensions ?? 0);
    if (unusable.length > 0)
      this.logger.warn(
        { models: unusable.map(({ profile }) => profile.model), space: space?.manifest.version },
        'profiles whose ability has other dimensions than the space are left out',
      );
    const profileVersions = Object.fromEntries(
      usable.map(({ profile, version }) => [profile.model, version]),
    );
    const profiles = usable.filter(({ state }) => state === 'active');
    this.snapshot = { space, profiles, candidates: usable, profileVersions, policies, rollOuts };
  }
}
