import type { Database } from '@zerorouter/database';
import { Metrics } from '@zerorouter/platform';
import type { Logger } from '@zerorouter/platform';
import { CollapseAlarm } from './collapse-alarm.js';
import { DecisionMetrics } from './decision-metrics.js';
import { PredictionMetrics } from './prediction-metrics.js';
import { ProviderMetrics } from './provider-metrics.js';

/** All that this gateway tells Prometheus of itself. */
export interface GatewayMetrics {
  metrics: Metrics;
  decisions: DecisionMetrics;
  predictions: PredictionMetrics;
  providers: ProviderMetrics;
}

export function openGatewayMetrics(
  database: Pick<Database, 'alerts'>,
  logger: Logger,
): GatewayMetrics {
  const metrics = new Metrics();
  const alarm = new CollapseAlarm(metrics, database.alerts, logger);
  return {
    metrics,
    decisions: new DecisionMetrics(metrics, (choice) => alarm.note(choice)),
    predictions: new PredictionMetrics(metrics),
    providers: new ProviderMetrics(metrics),
  };
}
