import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrateSpace, calibrationOptionsSchema, DomainError } from '@zerorouter/contracts';
import type { BankItem, JobResult, SpaceAbilities, SpaceManifest } from '@zerorouter/contracts';
import type { Calibration, CalibrationProgress, Database } from '@zerorouter/database';
import type { EncoderSettings, JobContext, Logger } from '@zerorouter/platform';
import { ProgressRecorder } from './progress-recorder.js';
import { runCalibration } from './run-calibration.js';

const PROGRESS_INTERVAL_MS = 500;

export interface SpaceFolder {
  manifest: SpaceManifest;
  items: BankItem[];
  subjects: SpaceAbilities['subjects'];
  predictorOnnx: Uint8Array;
}

export interface CalibrateSpaceDependencies {
  database: Database;
  logger: Logger;
  encoder: EncoderSettings;
  /** Holds the data sets; undefined = calibrations are refused. */
  dataDir: string | undefined;
  /** Entry point of the calibration process. */
  script: URL;
  readSpaceFolder: (directory: string) => SpaceFolder;
}

/**
 * Makes a draft latent space of a calibration run. Everything is stored before the job counts as
 * done, and storing is idempotent, so that a run that was cut short anywhere can simply be run again.
 */
export class CalibrateSpaceProcessor {
  constructor(private readonly dependencies: CalibrateSpaceDependencies) {}

  /** @throws DomainError what another try cannot mend; it is stored with the run. */
  async process(
    { calibrationId }: { calibrationId: string },
    context: JobContext,
  ): Promise<JobResult<typeof calibrateSpace>> {
    const { calibrations } = this.dependencies.database;
    const calibration = await calibrations.get(calibrationId);
    if (calibration === null)
      throw new DomainError('calibration-not-found', `there is no calibration "${calibrationId}"`);
    if (calibration.state === 'succeeded' && calibration.spaceVersion !== null)
      return { calibrationId, spaceVersion: calibration.spaceVersion };
    try {
      const spaceVersion = await this.calibrate(calibration, context.signal);
      await calibrations.update(calibrationId, {
        state: 'succeeded',
        progress: { stage: 'done', fraction: 1 },
        error: null,
        spaceVersion,
      });
      return { calibrationId, spaceVersion };
    } catch (error) {
      await this.recordFailure(calibrationId, error, context);
      throw error;
    }
  }

  private async calibrate(calibration: Calibration, signal: AbortSignal): Promise<string> {
    const { database, encoder, script, readSpaceFolder } = this.dependencies;
    const dataDirs = await this.locate(calibration.dataSets);
    await database.calibrations.update(calibration.id, {
      state: 'running',
      progress: { stage: 'starting', fraction: 0 },
      error: null,
    });
    const progress = new ProgressRecorder<CalibrationProgress>(
      (value) => database.calibrations.update(calibration.id, { progress: value }),
      PROGRESS_INTERVAL_MS,
    );
    const scratch = await freshScratch(calibration.id);
    try {
      const outDir = join(scratch, 'space');
      await runCalibration(
        script,
        { dataDirs, options: calibrationOptionsSchema.parse(calibration.options), encoder, outDir },
        (value) => progress.record(value),
        signal,
      );
      await progress.stop();
      return await this.store(readSpaceFolder(outDir));
    } finally {
      await progress.stop();
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** @throws DomainError `calibrations-off`, `unknown-data-set` */
  private async locate(names: readonly string[]): Promise<string[]> {
    const { dataDir } = this.dependencies;
    if (dataDir === undefined)
      throw new DomainError(
        'calibrations-off',
        'the profiler was started without CALIBRATION_DATA_DIR: set it to the folder of the data sets',
      );
    return Promise.all(
      names.map(async (name) => {
        const path = join(dataDir, name);
        const found = await stat(path).catch(() => null);
        if (found?.isDirectory() !== true)
          throw new DomainError(
            'unknown-data-set',
            `there is no folder "${name}" in CALIBRATION_DATA_DIR as the profiler sees it`,
          );
        return path;
      }),
    );
  }

  /** A space without profiles could not route: each of its subjects becomes a model in it. */
  private async store({ manifest, items, subjects, predictorOnnx }: SpaceFolder): Promise<string> {
    const { spaces, profiles } = this.dependencies.database;
    const spaceVersion = manifest.version;
    await spaces.create({ manifest, items, subjects, predictorOnnx, state: 'draft' });
    for (const { model, ability, length, cost, latency } of subjects)
      await profiles.upsert(
        {
          profile: { model, ability, length, cost, latency },
          spaceVersion,
          state: 'active',
          contextWindow: null,
          capabilities: [],
        },
        { existing: 'keep' },
      );
    return spaceVersion;
  }

  /** Says in the run what became of it: failed for good, or to be tried again. */
  private async recordFailure(id: string, error: unknown, context: JobContext): Promise<void> {
    const { database, logger } = this.dependencies;
    const final =
      !context.signal.aborted &&
      (error instanceof DomainError || context.attempt >= calibrateSpace.retry.attempts);
    const message = error instanceof Error ? error.message : String(error);
    await database.calibrations
      .update(id, { state: final ? 'failed' : 'queued', error: message })
      .catch((updateError: unknown) =>
        logger.warn({ err: updateError, calibrationId: id }, 'the failure could not be stored'),
      );
  }
}

/** A new folder for one run, after removing what an earlier try of the same run left behind. */
async function freshScratch(calibrationId: string): Promise<string> {
  const prefix = `zerorouter-calibration-${calibrationId}-`;
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
  return mkdtemp(join(tmpdir(), prefix));
}
