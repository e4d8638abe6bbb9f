import type { Change, ChangeSubscription, Database } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import { arrangeProfiles } from './snapshot.js';
import type { RegistrySnapshot } from './snapshot.js';

const EMPTY: RegistrySnapshot = {
  space: null,
  profiles: [],
  candidates: [],
  profileVersions: {},
  policies: [],
};

/**
 * Holds the active space, its profiles and the policies in memory. It reads them again whenever
 * Postgres tells of a change, and every `refreshMs` as the net under it. While Postgres is away the
 * last snapshot stands.
 */
export class Registry {
  private snapshot = EMPTY;
  private loading: Promise<void> | null = null;
  private stale = false;
  private timer: NodeJS.Timeout | undefined;
  private subscription: ChangeSubscription | undefined;

  constructor(
    private readonly database: Database,
    private readonly logger: Logger,
    private readonly refreshMs: number,
  ) {}

  get current(): RegistrySnapshot {
    return this.snapshot;
  }

  /** Loads once, which must work, and then keeps itself up to date. */
  async start(onChange: (change: Change) => void): Promise<void> {
    this.subscription = await this.database.listenForChanges(
      (change) => {
        onChange(change);
        if (change.kind !== 'key') this.refresh();
      },
      {
        onConnectionLost: (error) => this.logger.warn({ err: error }, 'no news from Postgres'),
      },
    );
    await this.load();
    this.timer = setInterval(() => this.refresh(), this.refreshMs);
    this.timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.subscription?.close();
    await this.loading;
  }

  /** Reads again; calls that come while it reads make it read once more. */
  refresh(): void {
    this.stale = true;
    this.loading ??= this.loadUntilFresh().finally(() => (this.loading = null));
  }

  private async loadUntilFresh(): Promise<void> {
    while (this.stale) {
      this.stale = false;
      try {
        await this.load();
      } catch (error) {
        this.logger.warn({ err: error }, 'profiles could not be read again; the old ones stand');
      }
    }
  }

  private async load(): Promise<void> {
    const [space, policies] = await Promise.all([
      this.database.spaces.active(),
      this.database.policies.list(),
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
    this.snapshot = { space, profiles, candidates: usable, profileVersions, policies };
  }
}
