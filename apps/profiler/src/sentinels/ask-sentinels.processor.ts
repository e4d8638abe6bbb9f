import { DomainError } from '@zerorouter/contracts';
import type { askModelSentinels, askSentinels, JobResult } from '@zerorouter/contracts';
import type {
  Database,
  SentinelSlot,
  StoredAnchor,
  StoredModel,
  StoredProfile,
} from '@zerorouter/database';
import type { JobContext, Logger } from '@zerorouter/platform';
import type { ProviderNetwork, SecretBox } from '@zerorouter/providers';
import { anchorSetOf } from '../anchor-set-of.js';
import { randomOfSlot, chooseSentinels } from './choose-sentinels.js';
import { askSentinelsOf } from './ask-sentinels-of.js';
import { judgeSentinels } from './judge-sentinels.js';

const SENTINELS = 8;
/** A run that has not finished by then belongs to a process that died. */
const STALE_MS = 30 * 60_000;

export interface AskSentinelsDependencies {
  database: Database;
  network: ProviderNetwork;
  secrets: Pick<SecretBox, 'open'>;
  logger: Logger;
  /** Most that one model may cost each time, USD. */
  maxCostUsd: number;
}

/**
 * Asks every model in traffic that has a deployment and prices a few anchors again and tests whether it is still what
 * its profile says. A slot of time is worked off once, however many profilers there are and however often the job comes.
 */
export class AskSentinelsProcessor {
  constructor(private readonly dependencies: AskSentinelsDependencies) {}

  /** @param context `now` in ms since 1970, the clock's unless told. */
  async process(
    { everyMs }: { everyMs: number },
    { signal }: Pick<JobContext, 'signal'>,
    now = Date.now(),
  ): Promise<JobResult<typeof askSentinels>> {
    const { database, logger } = this.dependencies;
    const slot = Math.floor(now / everyMs);
    const space = await database.spaces.active();
    if (space === null) return { asked: 0 };
    const spaceVersion = space.manifest.version;
    const anchors = await this.anchors(spaceVersion);
    let asked = 0;
    for (const profile of await database.profiles.active(spaceVersion)) {
      signal.throwIfAborted();
      if (profile.deployments === 0 || anchors.length === 0) continue;
      const model = await database.models.get(profile.id);
      if (model === null || model.prices === null) continue;
      try {
        if (await this.ask(model, profile, anchors, slot, signal)) asked++;
      } catch (error) {
        signal.throwIfAborted();
        // One model's trouble is not the others'.
        logger.warn({ err: error, model: model.name }, 'sentinels could not be asked');
      }
    }
    return { asked };
  }

  /**
   * Asks one model, whose run somebody has stored. What another try cannot mend is written into it. A try that was
   * cut short is taken up at once: its job is nobody else's.
   */
  async processModel(
    { modelId, spaceVersion, slot }: SentinelSlot,
    { signal }: Pick<JobContext, 'signal'>,
  ): Promise<JobResult<typeof askModelSentinels>> {
    const { database } = this.dependencies;
    const model = await database.models.get(modelId);
    const profile = await database.profiles.get(modelId, { spaceVersion });
    if (model === null || profile === null) return { asked: 0 };
    const anchors = await this.anchors(spaceVersion);
    try {
      return { asked: (await this.ask(model, profile, anchors, slot, signal, 0)) ? 1 : 0 };
    } catch (error) {
      if (error instanceof DomainError)
        await database.sentinels.finish(
          { modelId, spaceVersion, slot },
          { answers: [], error: error.message },
        );
      throw error;
    }
  }

  private async anchors(spaceVersion: string): Promise<StoredAnchor[]> {
    const { database } = this.dependencies;
    const set = await anchorSetOf(database, spaceVersion);
    return set === null ? [] : database.anchors.list(set.id);
  }

  /** @returns whether this process has done it. */
  private async ask(
    model: StoredModel,
    { profile, spaceVersion }: StoredProfile,
    anchors: readonly StoredAnchor[],
    slot: number,
    signal: AbortSignal,
    staleMs = STALE_MS,
  ): Promise<boolean> {
    const { database, maxCostUsd } = this.dependencies;
    const key = { modelId: model.id, spaceVersion, slot };
    const spentUsd = await database.sentinels.claim(key, staleMs);
    if (spentUsd === null) return false;
    const random = randomOfSlot(model.id, slot);
    const chosen = chooseSentinels(anchors, SENTINELS, random);
    const answers = await askSentinelsOf(model, chosen, {
      ...this.dependencies,
      key,
      cap: { usd: maxCostUsd, spentUsd },
      random: () => random.uniform(),
      signal,
    });
    const result = await judgeSentinels(database.alerts, model, profile, answers, random);
    await database.sentinels.finish(key, result);
    return true;
  }
}
