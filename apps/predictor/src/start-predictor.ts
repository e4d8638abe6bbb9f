import { availableParallelism } from 'node:os';
import { predictQueries } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import {
  createHttpApp,
  createQueueBackend,
  encoderSettings,
  HealthModule,
  Readiness,
} from '@zerorouter/platform';
import type { Config, Logger, RunningApp } from '@zerorouter/platform';
import { openSpacePredictor } from './open-space-predictor.js';
import type { OpenQueryPredictor } from './open-space-predictor.js';
import { PredictorCache } from './predictor-cache.js';

/** A predictor that was killed gives up its job so soon that the waiter is still there. */
const LOCK_MS = 3_000;
const STALLED_CHECK_MS = 1_500;

/** Connects the worker of `predict-queries` and its health endpoints. */
export async function startPredictor(
  config: Config,
  logger: Logger,
  open: OpenQueryPredictor,
): Promise<RunningApp> {
  const sessions = config.PREDICTOR_SESSIONS ?? availableParallelism();
  const encoder = encoderSettings(config);
  const database = connectDatabase(config.DATABASE_URL, {
    maxConnections: 2,
    applicationName: 'zerorouter predictor',
  });
  const predictors = new PredictorCache(
    async (version) => {
      const start = performance.now();
      const predictor = await openSpacePredictor(version, database, open, { encoder, sessions });
      const ms = Math.round(performance.now() - start);
      logger.info({ spaceVersion: version, sessions, ms }, 'latent space opened');
      return predictor;
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

  const queues = await createQueueBackend(config, logger);
  const worker = await queues.worker(
    predictQueries,
    ({ spaceVersion, queries }) =>
      predictors.use(spaceVersion, async (predictor) => ({
        spaceVersion,
        latents: await Promise.all(queries.map(({ text }) => predictor.predict(text))),
      })),
    {
      // While some jobs are fetched and answered, others must keep every session busy.
      concurrency: 2 * sessions,
      lockMs: LOCK_MS,
      stalledCheckMs: STALLED_CHECK_MS,
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
    space: async () => {
      await openActive();
      return predictors.versions.join(', ') || 'none is active';
    },
  });
  return {
    app: await createHttpApp(HealthModule.forRoot(readiness), {
      logger,
      maxBodyBytes: config.MAX_BODY_BYTES,
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
