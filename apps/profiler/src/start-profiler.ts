import { closeSandbox } from '@zerorouter/anchors';
import {
  calibrateSpace,
  onboardModel,
  optimizeBatch,
  recalibrateSpace,
} from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import {
  BatchQueue,
  createHttpApp,
  createQueueBackend,
  encoderSettings,
  HealthModule,
  Metrics,
  MetricsModule,
  observeJobs,
  Readiness,
} from '@zerorouter/platform';
import type { Config, Logger, RunningApp } from '@zerorouter/platform';
import { ProviderNetwork, SecretBox } from '@zerorouter/providers';
import { OptimizeBatchProcessor } from './batches/optimize-batch.processor.js';
import { BatchSweeper } from './batches/sweep-batches.js';
import { CalibrateSpaceProcessor } from './calibrations/calibrate-space.processor.js';
import type { CalibrateSpaceDependencies } from './calibrations/calibrate-space.processor.js';
import { sweepCalibrations } from './calibrations/sweep-calibrations.js';
import { startLearning } from './learning/start-learning.js';
import { OnboardModelProcessor } from './onboardings/onboard-model.processor.js';
import { reprofileDrifted } from './onboardings/reprofile-drifted.js';
import { sweepOnboardings } from './onboardings/sweep-onboardings.js';
import { startRollOuts } from './roll-outs/start-roll-outs.js';
import { forgetDecisions } from './retention/forget-decisions.js';
import { Rounds } from './rounds.js';
import { startSentinels } from './sentinels/start-sentinels.js';
import { RecalibrateSpaceProcessor } from './recalibrate/recalibrate-space.processor.js';

const DAY_MS = 86_400_000;

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
  recalibrate: URL;
  optimize: URL;
}

/** Onboardings wait for providers, not for the processor: several run side by side. */
const ONBOARDINGS = 8;

/** Connects the workers of the profiler's jobs, the sweepers and the health endpoints. */
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
  const metrics = new Metrics();
  const queues = await createQueueBackend(
    config,
    logger,
    observeJobs(metrics, database.deadLetters, logger),
  );
  const worker = await queues.worker(
    calibrateSpace,
    (payload, context) => calibration.process(payload, context),
    LONG_JOBS,
  );
  const recalibration = new RecalibrateSpaceProcessor({
    database,
    databaseUrl: config.DATABASE_URL,
    encoder: encoderSettings(config),
    script: scripts.recalibrate,
    logger,
  });
  const recalibrationWorker = await queues.worker(
    recalibrateSpace,
    (payload, context) => recalibration.process(payload, context),
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
  const network = new ProviderNetwork({ allowPrivate: config.PROVIDER_ALLOW_PRIVATE === 'true' });
  const secrets = new SecretBox(config);
  const onboarding = new OnboardModelProcessor({
    database,
    network,
    secrets,
    logger,
  });
  const onboardingWorker = await queues.worker(
    onboardModel,
    (payload, context) => onboarding.process(payload, context),
    { ...LONG_JOBS, concurrency: ONBOARDINGS },
  );
  const onboardingQueue = await queues.producer(onboardModel, { waits: false });
  const intervalMs = config.BATCH_SWEEP_MS;
  const enqueue = (onboardingId: string) =>
    onboardingQueue.add({ onboardingId }, { jobId: onboardingId });
  const onboardingRounds = new Rounds(() => sweepOnboardings(database.onboardings, enqueue), {
    intervalMs,
    logger,
    failure: 'onboardings could not be swept',
  });
  const reprofilings = metrics.counter(
    'zerorouter_reprofilings_total',
    'Onboardings that this process began because a model had drifted',
    ['model'],
  );
  const reprofileRounds =
    config.REPROFILE_ON_DRIFT === 'true'
      ? new Rounds(
          () =>
            reprofileDrifted({
              database,
              logger,
              maxCostUsd: config.REPROFILE_MAX_COST_USD,
              minIntervalMs: config.REPROFILE_MIN_INTERVAL_S * 1000,
              enqueue,
              onBegun: (model) => reprofilings.inc({ model }),
            }),
          { intervalMs, logger, failure: 'models that have drifted could not be looked for' },
        )
      : null;
  const calibrateQueue = await queues.producer(calibrateSpace, { waits: false });
  const recalibrateQueue = await queues.producer(recalibrateSpace, { waits: false });
  const calibrationRounds = new Rounds(
    () =>
      sweepCalibrations(database.calibrations, {
        calibrate: (calibrationId) =>
          calibrateQueue.add({ calibrationId }, { jobId: calibrationId }),
        recalibrate: (calibrationId) =>
          recalibrateQueue.add({ calibrationId }, { jobId: calibrationId }),
      }),
    { intervalMs, logger, failure: 'calibrations could not be swept' },
  );
  const sweeper = new BatchSweeper({
    work: database.batchWork,
    queue: await BatchQueue.open(queues),
    logger,
    intervalMs,
  });
  const batchRounds = new Rounds(() => sweeper.sweep(), {
    intervalMs,
    logger,
    failure: 'batches could not be swept',
  });
  const retentionDays = config.DECISION_RETENTION_DAYS;
  const retentionRounds =
    retentionDays === undefined
      ? null
      : new Rounds(() => forgetDecisions(database.decisions, retentionDays * DAY_MS), {
          intervalMs,
          logger,
          failure: 'decisions whose retention has ended could not be deleted',
        });
  const rollOutRounds = startRollOuts(database, logger, intervalMs);
  const learning = await startLearning(database, queues, config, logger);
  const sentinelWorker = await startSentinels(
    queues,
    config.SENTINEL_INTERVAL_S === 0 ? null : config.SENTINEL_INTERVAL_S * 1000,
    {
      database,
      network,
      secrets,
      logger,
      maxCostUsd: config.SENTINEL_MAX_COST_USD,
    },
  );
  const readiness = new Readiness({
    postgres: async () => {
      await database.ping();
      return 'answers';
    },
    queue: async () => {
      await queues.ping();
      if (
        ![
          worker,
          recalibrationWorker,
          batchWorker,
          onboardingWorker,
          learning.worker,
          sentinelWorker,
        ].every(({ running }) => running)
      )
        throw new Error('a worker does not run');
      return `${queues.kind} answers`;
    },
  });
  return {
    app: await createHttpApp([HealthModule.forRoot(readiness), MetricsModule.forRoot(metrics)], {
      logger,
      maxBodyBytes: config.MAX_BODY_BYTES,
      metrics,
    }),
    host: config.HOST,
    port: config.HEALTH_PORT,
    release: [
      () => batchRounds.close(),
      () => onboardingRounds.close(),
      ...(retentionRounds === null ? [] : [() => retentionRounds.close()]),
      ...(reprofileRounds === null ? [] : [() => reprofileRounds.close()]),
      () => calibrationRounds.close(),
      () => rollOutRounds.close(),
      () => learning.rounds.close(),
      () => queues.close(),
      () => network.close(),
      () => closeSandbox(),
      () => database.close(),
    ],
  };
}
