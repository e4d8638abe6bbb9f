import { calibrateSpace, optimizeBatch } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import {
  BatchQueue,
  createHttpApp,
  createQueueBackend,
  encoderSettings,
  HealthModule,
  Readiness,
} from '@zerorouter/platform';
import type { Config, Logger, RunningApp } from '@zerorouter/platform';
import { OptimizeBatchProcessor } from './batches/optimize-batch.processor.js';
import { BatchSweeper } from './batches/sweep-batches.js';
import { CalibrateSpaceProcessor } from './calibrate-space.processor.js';
import type { CalibrateSpaceDependencies } from './calibrate-space.processor.js';

/**
 * The arithmetic runs in another process, so the lock is renewed in time however long it takes, and
 * can be short: a killed profiler's job is taken up again within half a minute.
 */
const LONG_JOBS = {
  lockMs: 15_000,
  stalledCheckMs: 5_000,
  maxStalledCount: 10,
  putBackOnClose: true,
};

export interface ProfilerScripts {
  /** Entry points of the processes that do the arithmetic. */
  calibrate: URL;
  optimize: URL;
}

/**
 * Connects the workers of `calibrate-space` and `optimize-batch`, the sweeper of batches and the
 * health endpoints.
 */
export async function startProfiler(
  config: Config,
  logger: Logger,
  scripts: ProfilerScripts,
  { readSpaceFolder }: Pick<CalibrateSpaceDependencies, 'readSpaceFolder'>,
): Promise<RunningApp> {
  const database = connectDatabase(config.DATABASE_URL, {
    maxConnections: 4,
    applicationName: 'zerorouter profiler',
  });
  const calibration = new CalibrateSpaceProcessor({
    database,
    logger,
    encoder: encoderSettings(config),
    dataDir: config.CALIBRATION_DATA_DIR,
    script: scripts.calibrate,
    readSpaceFolder,
  });
  const queues = await createQueueBackend(config, logger);
  const worker = await queues.worker(
    calibrateSpace,
    (payload, context) => calibration.process(payload, context),
    LONG_JOBS,
  );
  const batch = new OptimizeBatchProcessor({
    database,
    databaseUrl: config.DATABASE_URL,
    script: scripts.optimize,
    logger,
  });
  const batchWorker = await queues.worker(
    optimizeBatch,
    (payload, context) => batch.process(payload, context),
    LONG_JOBS,
  );
  const sweeper = new BatchSweeper({
    work: database.batchWork,
    queue: await BatchQueue.open(queues),
    logger,
    intervalMs: config.BATCH_SWEEP_MS,
  });
  sweeper.start();
  const readiness = new Readiness({
    postgres: async () => {
      await database.ping();
      return 'answers';
    },
    queue: async () => {
      await queues.ping();
      if (!worker.running || !batchWorker.running) throw new Error('a worker does not run');
      return `${queues.kind} answers`;
    },
  });
  return {
    app: await createHttpApp(HealthModule.forRoot(readiness), {
      logger,
      maxBodyBytes: config.MAX_BODY_BYTES,
    }),
    host: config.HOST,
    port: config.HEALTH_PORT,
    release: [() => sweeper.close(), () => queues.close(), () => database.close()],
  };
}
