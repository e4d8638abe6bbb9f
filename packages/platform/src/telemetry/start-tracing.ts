import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/variables.js';
import { enableTracing } from './tracing.js';

const FLUSH_MS = 2_000;

/** Sends what is left, and takes no more spans. */
export type StopTracing = () => Promise<void>;

/**
 * Turns traces on where the configuration asks for them: spans leave in batches, by OTLP over HTTP. The standard
 * variables of OpenTelemetry (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER, …) count besides.
 * Nothing of the SDK is loaded otherwise.
 * @returns null where traces stay off
 */
export async function startTracing(
  app: string,
  config: Pick<Config, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_TRACES_EXPORTER'>,
): Promise<StopTracing | null> {
  const exporter =
    config.OTEL_TRACES_EXPORTER ??
    (config.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? 'none' : 'otlp');
  if (exporter === 'none') return null;
  const [sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new sdk.NodeTracerProvider({
    // What the environment says of the resource counts for more.
    resource: resources
      .resourceFromAttributes({
        'service.name': `zerorouter-${app}`,
        'service.namespace': 'zerorouter',
        'process.pid': process.pid,
      })
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  enableTracing(true);
  return async () => {
    enableTracing(false);
    // A collector that is away must not hold up the end of the process.
    const given = sleep(FLUSH_MS, undefined, { ref: false });
    await Promise.race([provider.shutdown().catch(() => undefined), given]);
  };
}
