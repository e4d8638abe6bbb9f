import type { Database } from '@zerorouter/database';
import type { Config, Logger, RunningApp } from '@zerorouter/platform';
import { ProviderNetwork, SecretBox } from '@zerorouter/providers';
import type { GatewayMetrics } from '../metrics/gateway-metrics.js';
import type { Registry } from '../registry/registry.js';
import type { RouteService } from '../routing/route.service.js';
import type { AdmissionService } from '../admission/admission.service.js';
import { AskInTurn } from './ask-in-turn.js';
import { CallLog } from './call-log.js';
import { DeploymentAlerts } from './deployment-alerts.js';
import { DeploymentHealth } from './deployment-health.js';
import { ModelDirectory } from './model-directory.js';
import { answerErrorsAsOpenAi } from './openai-errors.js';
import { ProviderCalls } from './provider-calls.js';
import { ProxyService } from './proxy.service.js';
import { keepJsonBytesAt } from './raw-json-bodies.js';
import { StreamUsage } from './stream-usage.js';

/** Paths whose bodies go on as they came. */
const PASSED_PATHS = ['/v1/chat/completions', '/v1/embeddings', '/v1/responses'];
/** Paths below which errors have the shape of the OpenAI API. */
const OPENAI_PATHS = ['/v1/chat', '/v1/embeddings', '/v1/responses'];

const FAILURES_IN_A_ROW = 5;
/** A wrong key is mended by people; a status that a provider gave by mistake mends itself. */
const BROKEN_REST_MS = 60_000;

export interface OpenedProxy {
  service: ProxyService;
  directory: ModelDirectory;
  close: () => Promise<void>;
}

/** Puts together what passes requests on; its directory is started by the caller. */
export function openProxy(
  config: Config,
  logger: Logger,
  database: Database,
  registry: Registry,
  routing: RouteService,
  admissions: AdmissionService,
  watched: Pick<GatewayMetrics, 'decisions' | 'providers'>,
): OpenedProxy {
  const secrets = new SecretBox(config);
  const directory = new ModelDirectory(
    database,
    (sealed, deploymentId) => secrets.open(sealed, deploymentId),
    logger,
    config.PROFILE_REFRESH_S * 1000,
  );
  const network = new ProviderNetwork({ allowPrivate: config.PROVIDER_ALLOW_PRIVATE === 'true' });
  const health = new DeploymentHealth({
    failuresInARow: FAILURES_IN_A_ROW,
    restMs: config.CHAT_REST_MS,
    brokenRestMs: BROKEN_REST_MS,
  });
  const asking = new AskInTurn(
    network,
    health,
    {
      timeoutMs: config.CHAT_TIMEOUT_MS,
      attemptTimeoutMs: config.CHAT_ATTEMPT_TIMEOUT_MS ?? config.CHAT_TIMEOUT_MS,
    },
    Math.random,
  );
  watched.providers.watch(directory, health);
  const log = new CallLog(database.calls, logger, undefined, (call) =>
    watched.decisions.answered(call),
  );
  const calls = new ProviderCalls(
    registry,
    directory,
    asking,
    new DeploymentAlerts(database.alerts, logger),
    new StreamUsage(config.CHAT_STREAM_USAGE === 'true' ? network.dialects : null),
    log,
    (attempt) => watched.providers.attempted(attempt),
  );
  return {
    service: new ProxyService(registry, directory, routing, admissions, calls, {
      embeddings: config.EMBEDDINGS_MODEL,
      responses: config.RESPONSES_MODEL,
    }),
    directory,
    close: async () => {
      await directory.close();
      await network.close();
      // Last: an answer that ends while the network closes is accounted for, too.
      await log.close();
    },
  };
}

/** Makes the HTTP application take and answer requests as the OpenAI API does, on its paths. */
export function speakOpenAi(app: RunningApp['app']): void {
  keepJsonBytesAt(app, PASSED_PATHS);
  answerErrorsAsOpenAi(app, OPENAI_PATHS);
}
