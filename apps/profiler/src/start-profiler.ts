import { calibrateSpace } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import {
  createHttpApp,
  createQueueBackend,
  encoderSettings,
  HealthModule,
  Readiness,
} from '@zerorouter/platform';
import type { Config, Logger, RunningApp } from '@zerorouter/platform';
import { CalibrateSpaceProcessor } from './calibrate-space.processor.js';
import type { CalibrateSpaceDependencies } from './calibrate-space.processor.js';

/**
 * The arithmetic runs in another process, so the lock is renewed in time however long it takes, and
 * can be short: a killed profiler's job is taken up again within half a minute.
 */
const LOCK_MS = 15_000;
const STALLED_CHECK_MS = 5_000;
const MAX_STALLED_COUNT = 10;

/** Connects the worker of `calibrate-space` and its health endpoints. */
export async function startProfiler(
  config: Config,
  logger: Logger,
  { script, readSpaceFolder }: Pick<CalibrateSpaceDependencies, 'script' | 'readSpaceFolder'>,
): Promise<RunningApp> {
  const database = connectDatabase(config.DATABASE_URL, {
    maxConnections: 3,
    applicationName: 'zerorouter profiler',
  });
  const calibration = new CalibrateSpaceProcessor({
    database,
    logger,
    encoder: encoderSettings(config),
    dataDir: config.CALIBRATION_DATA_DIR,
    script,
    readSpaceFolder,
  });
  const queues = await createQueueBackend(config, logger);
  const worker = await queues.worker(
    calibrateSpace,
    (payload, context) => calibration.process(payload, context),
    {
      lockMs: LOCK_MS,
      stalledCheckMs: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED_COUNT,
      putBackOnClose: true,
    },
  );
  const readiness = new Readiness({
    postgres: async () => {
      await database.ping();
      return 'answers';
    },
    queue: async () => {
      await queues.ping();
      if (!worker.running) throw new Error('the worker does not run');
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
    release: [() => queues.close(), () => database.close()],
  };
}
