import { DomainError, onboardModel } from '@zerorouter/contracts';
import type { JobResult } from '@zerorouter/contracts';
import type { Database, Onboarding } from '@zerorouter/database';
import { measureModel, renderReport } from '@zerorouter/onboarding';
import type { JobContext, Logger } from '@zerorouter/platform';
import type { ProviderNetwork, SecretBox } from '@zerorouter/providers';
import { applyProfile } from './apply-profile.js';
import { askModel, RunEnded } from './ask-model.js';
import type { Asked } from './ask-model.js';
import { gradeCollected } from './grade-collected.js';
import { openDeployments } from './open-deployments.js';
import { openRun } from './open-run.js';

/** How often a run looks whether somebody has cancelled it. */
const LOOK_MS = 1_000;

export interface OnboardModelDependencies {
  database: Database;
  network: ProviderNetwork;
  secrets: Pick<SecretBox, 'open'>;
  logger: Logger;
}

/**
 * Measures a model on anchors. Everything is stored as it happens, so that a run that was cut short
 * anywhere is run again and goes on.
 */
export class OnboardModelProcessor {
  constructor(private readonly dependencies: OnboardModelDependencies) {}

  /** @throws DomainError what another try cannot mend; it is stored with the run. */
  async process(
    { onboardingId }: { onboardingId: string },
    context: JobContext,
  ): Promise<JobResult<typeof onboardModel>> {
    const { onboardings } = this.dependencies.database;
    const onboarding = await onboardings.get(onboardingId);
    if (onboarding === null)
      throw new DomainError('onboarding-not-found', `there is no onboarding "${onboardingId}"`);
    if (!(await onboardings.start(onboardingId))) return { state: onboarding.state };
    const watch = this.watchForEnd(onboardingId);
    try {
      await this.markProfiling(onboarding, 'draft', 'profiling');
      const signal = AbortSignal.any([context.signal, watch.ended]);
      return { state: await this.measure(onboarding, signal) };
    } catch (error) {
      if (error instanceof RunEnded) return { state: 'cancelled' };
      await this.recordFailure(onboarding, error, context);
      throw error;
    } finally {
      clearInterval(watch.timer);
    }
  }

  /** A call may take minutes: a cancel does not wait for its answer. */
  private watchForEnd(id: string): { ended: AbortSignal; timer: NodeJS.Timeout } {
    const controller = new AbortController();
    const look = async (): Promise<void> => {
      const onboarding = await this.dependencies.database.onboardings
        .get(id)
        .catch(() => undefined);
      if (onboarding === null || (onboarding?.finishedAt ?? null) !== null)
        controller.abort(new RunEnded());
    };
    return { ended: controller.signal, timer: setInterval(() => void look(), LOOK_MS) };
  }

  private async measure(onboarding: Onboarding, signal: AbortSignal): Promise<string> {
    const { database } = this.dependencies;
    const run = await openRun(database, onboarding);
    const { settings } = run;
    const asked: Asked =
      settings.kind === 'live'
        ? await askModel(
            run,
            settings,
            await openDeployments(database, this.dependencies.secrets, {
              id: onboarding.modelId,
              name: onboarding.model,
            }),
            this.dependencies,
            signal,
          )
        : await gradeCollected(run, database, signal);
    const measured = measureModel(asked.state, {
      name: onboarding.model,
      prices: settings.prices,
      lengthPrior: run.manifest.lengthPrior,
      maxTokens: settings.kind === 'live' ? settings.max_tokens : null,
      stoppedBy: asked.stoppedBy,
      spentUsd: asked.spentUsd,
    });
    signal.throwIfAborted();
    const result = await applyProfile(database, onboarding, measured, settings.promote);
    const report = await renderReport({
      model: onboarding.model,
      spaceVersion: onboarding.spaceVersion,
      anchorSet: run.setName,
      state: asked.state,
      measured,
    });
    await database.onboardings.succeed(onboarding.id, result, report);
    return 'succeeded';
  }

  /** A model that is measured for the first time says so, until it is, or is not to be. */
  private async markProfiling(
    { modelId, spaceVersion }: Onboarding,
    from: 'draft' | 'profiling',
    to: 'draft' | 'profiling',
  ): Promise<void> {
    const { profiles } = this.dependencies.database;
    const profile = await profiles.get(modelId, { spaceVersion });
    if (profile?.state === from) await profiles.setState(modelId, to, { spaceVersion });
  }

  /** Says in the run what became of it; what can be tried again stays as it is. */
  private async recordFailure(
    onboarding: Onboarding,
    error: unknown,
    context: JobContext,
  ): Promise<void> {
    const { database, logger } = this.dependencies;
    const final =
      !context.signal.aborted &&
      (error instanceof DomainError || context.attempt >= onboardModel.retry.attempts);
    if (!final) return;
    const message = error instanceof Error ? error.message : String(error);
    try {
      await database.onboardings.fail(onboarding.id, message);
      await this.markProfiling(onboarding, 'profiling', 'draft');
    } catch (failure) {
      logger.warn({ err: failure, onboardingId: onboarding.id }, 'the failure could not be stored');
    }
  }
}
