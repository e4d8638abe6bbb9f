import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrateSpace, calibrationOptionsSchema, DomainError } from '@zerorouter/contracts';
import type { BankItem, JobResult, SpaceAbilities, SpaceManifest } from '@zerorouter/contracts';
import type { Calibration, CalibrationProgress, Database } from '@zerorouter/database';
import type { EncoderSettings, JobContext, Logger } from '@zerorouter/platform';
import type { CalibrationTask } from './calibration-messages.js';
import { recordCalibration } from './record-calibration.js';
import { runCalibration } from './run-calibration.js';

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
  process(
    { calibrationId }: { calibrationId: string },
    context: JobContext,
  ): Promise<JobResult<typeof calibrateSpace>> {
    return recordCalibration(
      this.dependencies,
      calibrationId,
      (calibration, onProgress, signal) => this.calibrate(calibration, onProgress, signal),
      context,
      calibrateSpace.retry.attempts,
    );
  }

  private async calibrate(
    calibration: Calibration,
    onProgress: (progress: CalibrationProgress) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const { encoder, script, readSpaceFolder } = this.dependencies;
    const dataDirs = await this.locate(calibration.dataSets);
    const scratch = await freshScratch(calibration.id);
    try {
      const outDir = join(scratch, 'space');
      const task: CalibrationTask = {
        dataDirs,
        options: calibrationOptionsSchema.parse(calibration.options),
        encoder,
        outDir,
      };
      await runCalibration(script, task, onProgress, signal);
      return await this.store(readSpaceFolder(outDir));
    } finally {
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
}

/** A new folder for one run, after removing what an earlier try of the same run left behind. */
async function freshScratch(calibrationId: string): Promise<string> {
  const prefix = `zerorouter-calibration-${calibrationId}-`;
  const left = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
  return mkdtemp(join(tmpdir(), prefix));
}
