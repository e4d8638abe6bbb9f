import { availableParallelism } from 'node:os';
import { predictQueries, routeBatch } from '@zerorouter/contracts';
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
import { BatchLanes } from './batch-lanes.js';
import { openSpacePredictor } from './open-space-predictor.js';
import type { OpenQueryPredictor } from './open-space-predictor.js';
import { PredictorCache } from './predictor-cache.js';
import { rememberLatents } from './remember-latents.js';
import { RouteBatchProcessor } from './route-batch.processor.js';

/** A predictor that was killed gives up its job so soon that the waiter is still there. */
const LOCK_MS = 3_000;
const STALLED_CHECK_MS = 1_500;

/** While one is predicted, others are fetched, read and stored: that takes as long as to predict it. */
const BATCH_CHUNKS_AT_ONCE = 4;
const BATCH_TRICKLE_MS = 50;
/** Some 30 MB when full. */
const REMEMBERED_TEXTS = 65_536;
const BATCH_LOCK_MS = 15_000;
const BATCH_STALLED_CHECK_MS = 5_000;
const BATCH_MAX_STALLED_COUNT = 5;

/** Connects the workers of `predict-queries` and `route-batch` and the health endpoints. */
export async function startPredictor(
  config: Config,
  logger: Logger,
  open: OpenQueryPredictor,
): Promise<RunningApp> {
  const sessions = config.PREDICTOR_SESSIONS ?? availableParallelism();
  const encoder = encoderSettings(config);
  const database = connectDatabase(config.DATABASE_URL, {
    maxConnections: 4,
    applicationName: 'zerorouter predictor',
  });
  const predictors = new PredictorCache(
    async (version) => {
      const start = performance.now();
      const predictor = await openSpacePredictor(version, database, open, { encoder, sessions });
      const ms = Math.round(performance.now() - start);
      logger.info({ spaceVersion: version, sessions, ms }, 'latent space opened');
      return rememberLatents(predictor, REMEMBERED_TEXTS);
    },
    { capacity: 2, failureMs: 5_000 },
  );

  // The active space is opened ahead of the first query, now and whenever it changes.
  const openActive = async (): Promise<void> => {
    const active = await database.spaces.active();
    if (active !== null) await predictors.use(active.manifest.version, () => Promise.resolve());
  };
  const openActiveOrWarn = (): Promise<void> =>
    openActive().catch((error: unknown) =>
      logger.warn({ err: error }, 'the active latent space cannot be opened'),
    );
  const changes = await database.listenForChanges(
    ({ kind }) => {
      if (kind === 'space') void openActiveOrWarn();
    },
    { onConnectionLost: (error) => logger.warn({ err: error }, 'no news from Postgres') },
  );
  await openActiveOrWarn();

  const metrics = new Metrics();
  const queues = await createQueueBackend(
    config,
    logger,
    observeJobs(metrics, database.deadLetters, logger),
  );
  const batchTexts = metrics.histogram(
    'zerorouter_predictor_batch_texts',
    'Texts of one predict-queries job',
    [1, 2, 4, 8, 16, 32],
  );
  const lanes = new BatchLanes({ lanes: 2 * sessions, trickleMs: BATCH_TRICKLE_MS });
  const worker = await queues.worker(
    predictQueries,
    ({ spaceVersion, queries }) => {
      batchTexts.observe(queries.length);
      return lanes.runLive(() =>
        predictors.use(spaceVersion, async (predictor) => ({
          spaceVersion,
          latents: await Promise.all(queries.map(({ text }) => predictor.predict(text))),
        })),
      );
    },
    {
      // While some jobs are fetched and answered, others must keep every session busy.
      concurrency: 2 * sessions,
      lockMs: LOCK_MS,
      stalledCheckMs: STALLED_CHECK_MS,
    },
  );
  const batches = new RouteBatchProcessor({
    work: database.batchWork,
    tries: database.batchTries,
    predictors,
    lanes,
    queue: await BatchQueue.open(queues),
    logger,
  });
  const batchWorker = await queues.worker(
    routeBatch,
    (payload, context) => batches.process(payload, context),
    {
      concurrency: BATCH_CHUNKS_AT_ONCE,
      lockMs: BATCH_LOCK_MS,
      stalledCheckMs: BATCH_STALLED_CHECK_MS,
      maxStalledCount: BATCH_MAX_STALLED_COUNT,
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
      if (!worker.running || !batchWorker.running) throw new Error('a worker does not run');
      return `${queues.kind} answers`;
    },
    space: async () => {
      await openActive();
      return predictors.versions.join(', ') || 'none is active';
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
      () => changes.close(),
      () => queues.close(),
      () => predictors.close(),
      () => database.close(),
    ],
  };
}
