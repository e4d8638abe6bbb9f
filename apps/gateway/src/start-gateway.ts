import { randomInt } from 'node:crypto';
import { SwaggerModule } from '@nestjs/swagger';
import { ModelAdmin, openModelAdmin } from '@zerorouter/administration';
import {
  ALL_JOBS,
  askModelSentinels,
  calibrateSpace,
  DomainError,
  learnFeedback,
  onboardModel,
  predictQueries,
  recalibrateSpace,
} from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import type { Database } from '@zerorouter/database';
import { seededRandom } from '@zerorouter/latent-space';
import {
  BatchQueue,
  createHttpApp,
  createQueueBackend,
  HealthModule,
  isLoopback,
  MetricsModule,
  QueueInspector,
  Readiness,
} from '@zerorouter/platform';
import type { Config, Logger, QueueBackend, RunningApp } from '@zerorouter/platform';
import { KeyRing } from './access/key-ring.js';
import { AdmissionService } from './admission/admission.service.js';
import { openAdmission } from './admission/open-admission.js';
import { tellRates } from './admission/rate-headers.js';
import { AnchorSets } from './anchors/anchor-sets.js';
import { auditChanges } from './audit/audit-changes.js';
import { AuditLog } from './audit/audit-log.js';
import { BatchIntake } from './batches/batch-intake.js';
import { acceptNdjsonAt } from './batches/ndjson-body.js';
import { Budgets } from './budgets/budgets.js';
import { openProxy, speakOpenAi } from './chat/open-proxy.js';
import { ProxyService } from './chat/proxy.service.js';
import { DecisionLog } from './decisions/decision-log.js';
import { serveDashboard } from './dashboard/serve-dashboard.js';
import { FeedbackService } from './feedback/feedback.service.js';
import { GatewayModule } from './gateway.module.js';
import { serveQueueBoard } from './jobs/queue-board.js';
import { openGatewayMetrics } from './metrics/gateway-metrics.js';
import { judgeDecision } from './metrics/judge-decision.js';
import { watchOperations } from './metrics/watch-operations.js';
import { describeGateway } from './openapi/describe-gateway.js';
import { OnboardingService } from './onboardings/onboarding.service.js';
import { PredictorClient } from './predictions/predictor-client.js';
import { GATEWAY_STATUSES } from './problem-statuses.js';
import { Registry } from './registry/registry.js';
import { RouteService } from './routing/route.service.js';
import { RecalibrationService } from './spaces/recalibration.service.js';
import { Sessions } from './sessions/sessions.js';
import {
  BASELINE_MODEL,
  DEFAULT_POLICY,
  SENTINEL_PRODUCER,
  CALIBRATE_PRODUCER,
  CALIBRATION_DATA_DIR,
  CHAT_IDLE_TIMEOUT_MS,
  DATABASE,
  MAX_LINE_BYTES,
} from './tokens.js';

const PROBE_TIMEOUT_MS = 2_500;
/** Longer than any report takes; past it the request is answered 503, as when Postgres is away. */
const QUERY_TIMEOUT_MS = 15_000;
const BATCHES_PATH = '/v1/route/batches';

/** Connects what the gateway needs and builds its HTTP application. */
export async function startGateway(config: Config, logger: Logger): Promise<RunningApp> {
  const database = connectDatabase(config.DATABASE_URL, {
    maxConnections: config.DATABASE_MAX_CONNECTIONS,
    queryTimeoutMs: QUERY_TIMEOUT_MS,
    applicationName: 'zerorouter gateway',
  });
  const local = isLoopback(config.HOST);
  if (!local) await requireKeys(database, config.HOST);
  const queues = await createQueueBackend(config, logger);
  const inspector = await queues.inspector(ALL_JOBS);
  const watched = openGatewayMetrics(database, logger);
  const predictor = new PredictorClient(
    await queues.producer(predictQueries),
    {
      cacheSize: config.PREDICTION_CACHE_SIZE,
      timeoutMs: config.PREDICTION_TIMEOUT_MS,
    },
    watched.predictions,
  );
  const keys = new KeyRing(database.keys);
  const registry = new Registry(database, logger, config.PROFILE_REFRESH_S * 1000);
  watchOperations(watched.metrics, database, registry, inspector);
  const budgets = new Budgets(database.budgets);
  const admission = openAdmission(config, logger, database, registry);
  const audit = new AuditLog(database.audit, logger, {
    retentionMs: config.AUDIT_RETENTION_DAYS * 86_400_000,
  });
  const routing = new RouteService(
    registry,
    predictor,
    new DecisionLog(database.decisions),
    budgets,
    new Sessions(database.decisions, config.SESSION_TTL_S * 1000, logger),
    seededRandom(randomInt(2 ** 32)),
    {
      maxPromptChars: config.MAX_PROMPT_CHARS,
      defaultPolicy: config.DEFAULT_POLICY,
      explorationShare: config.EXPLORATION_SHARE,
      baselineModel: config.BASELINE_MODEL ?? null,
    },
    watched.decisions,
  );
  const proxy = openProxy(config, logger, database, registry, routing, admission, watched);
  await registry.start(({ kind }) => {
    if (kind === 'key') keys.forgetAll();
    if (kind === 'profile') proxy.directory.refresh();
  });
  await proxy.directory.start();

  const models = openModelAdmin(database, config);
  const anchorSets = new AnchorSets(database, predictor, registry, config.CALIBRATION_DATA_DIR);

  const app = await createHttpApp(
    GatewayModule.forRoot({
      local,
      keys,
      imports: [
        HealthModule.forRoot(readiness(database, queues, predictor, registry)),
        MetricsModule.forRoot(watched.metrics),
      ],
      providers: [
        { provide: QueueInspector, useValue: inspector },
        { provide: DATABASE, useValue: database },
        { provide: Registry, useValue: registry },
        { provide: KeyRing, useValue: keys },
        { provide: AdmissionService, useValue: admission },
        { provide: ModelAdmin, useValue: models },
        {
          provide: SENTINEL_PRODUCER,
          useValue: await queues.producer(askModelSentinels, { waits: false }),
        },
        {
          provide: CALIBRATE_PRODUCER,
          useValue: await queues.producer(calibrateSpace, { waits: false }),
        },
        {
          provide: RecalibrationService,
          useValue: new RecalibrationService(
            database,
            await queues.producer(recalibrateSpace, { waits: false }),
          ),
        },
        { provide: CALIBRATION_DATA_DIR, useValue: { path: config.CALIBRATION_DATA_DIR } },
        { provide: AnchorSets, useValue: anchorSets },
        {
          provide: OnboardingService,
          useValue: new OnboardingService(
            database,
            models,
            registry,
            anchorSets,
            await queues.producer(onboardModel, { waits: false }),
          ),
        },
        {
          provide: FeedbackService,
          useValue: new FeedbackService(
            database.feedback,
            await queues.producer(learnFeedback, { waits: false }),
            logger,
            judgeDecision(database.decisions, watched.decisions, logger),
          ),
        },
        { provide: MAX_LINE_BYTES, useValue: { bytes: config.MAX_BODY_BYTES } },
        {
          provide: BatchIntake,
          useValue: new BatchIntake(
            registry,
            database.batches,
            await BatchQueue.open(queues),
            logger,
            {
              defaultPolicy: config.DEFAULT_POLICY,
              maxPromptChars: config.MAX_PROMPT_CHARS,
              maxItems: config.BATCH_MAX_ITEMS,
              maxUploads: config.BATCH_MAX_UPLOADS,
              retentionMs: config.BATCH_RETENTION_HOURS * 3_600_000,
            },
          ),
        },
        { provide: BASELINE_MODEL, useValue: { model: config.BASELINE_MODEL ?? null } },
        { provide: DEFAULT_POLICY, useValue: { name: config.DEFAULT_POLICY } },
        { provide: RouteService, useValue: routing },
        { provide: ProxyService, useValue: proxy.service },
        { provide: CHAT_IDLE_TIMEOUT_MS, useValue: { ms: config.CHAT_IDLE_TIMEOUT_MS } },
      ],
    }),
    {
      logger,
      maxBodyBytes: config.MAX_BODY_BYTES,
      statuses: GATEWAY_STATUSES,
      uploads: [BATCHES_PATH],
      metrics: watched.metrics,
      graceMs: config.SHUTDOWN_GRACE_MS,
    },
  );
  acceptNdjsonAt(app, BATCHES_PATH);
  speakOpenAi(app);
  tellRates(app, admission);
  auditChanges(app, audit);
  await serveQueueBoard(app, inspector, keys);
  await serveDashboard(app, logger);
  SwaggerModule.setup('docs', app, describeGateway(), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'ZeroRouter API',
  });
  return {
    app,
    host: config.HOST,
    port: config.PORT,
    release: [
      () => budgets.close(),
      () => registry.close(),
      () => proxy.close(),
      () => admission.close(),
      () => audit.close(),
      () => queues.close(),
      () => database.close(),
    ],
  };
}

/** @throws DomainError when the server would be open to a network and nobody could call it. */
async function requireKeys(database: Database, host: string): Promise<void> {
  if ((await database.keys.count()) > 0) return;
  throw new DomainError(
    'no-keys',
    `HOST is ${host}, which others can reach, but there is no API key yet: run the set-up, which makes the first one, or listen on 127.0.0.1`,
  );
}

function readiness(
  database: Database,
  queues: QueueBackend,
  predictor: PredictorClient,
  registry: Registry,
): Readiness {
  return new Readiness({
    postgres: async () => {
      await database.ping();
      return 'answers';
    },
    space: () => {
      const { space, profiles } = registry.current;
      if (space === null) return Promise.reject(new Error('no latent space is active'));
      return Promise.resolve(`${space.manifest.version}, ${profiles.length} models`);
    },
    queue: async () => {
      const { space } = registry.current;
      if (space === null) {
        await queues.ping();
        return `${queues.kind} answers; nothing to predict without a space`;
      }
      await predictor.probe(space.manifest.version, PROBE_TIMEOUT_MS);
      return `${queues.kind}, a predictor answers`;
    },
  });
}
