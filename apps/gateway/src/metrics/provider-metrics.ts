import { boundLabel, SECONDS } from '@zerorouter/platform';
import type { Counter, Histogram, Metrics } from '@zerorouter/platform';
import type { Attempt } from '../chat/ask-in-turn.js';
import type { DeploymentHealth } from '../chat/deployment-health.js';
import type { ModelDirectory } from '../chat/model-directory.js';

const MOST_DEPLOYMENTS = 1_000;

/** Counts the calls to providers, and tells which deployments rest. */
export class ProviderMetrics {
  private readonly deployment = boundLabel(MOST_DEPLOYMENTS);
  private readonly attempts: Counter<'deployment' | 'model' | 'outcome'>;
  private readonly firstBytes: Histogram<'deployment'>;

  constructor(private readonly metrics: Metrics) {
    this.attempts = metrics.counter(
      'zerorouter_provider_attempts_total',
      'Calls to deployments, by HTTP status or by how they failed; `resting` and `over-budget` were not made',
      ['deployment', 'model', 'outcome'],
    );
    this.firstBytes = metrics.histogram(
      'zerorouter_provider_first_byte_seconds',
      'From a call to the first byte of a good answer',
      SECONDS,
      ['deployment'],
    );
  }

  attempted({ model, deployment, outcome, ms }: Attempt): void {
    const label = this.deployment(deployment);
    const known = label === deployment;
    this.attempts.inc({ deployment: label, model: known ? model : 'other', outcome });
    if (typeof outcome === 'number' && outcome < 300)
      this.firstBytes.observe({ deployment: label }, ms / 1_000);
  }

  /** Circuit breakers are looked at when they are asked for. */
  watch(directory: Pick<ModelDirectory, 'all'>, health: DeploymentHealth): void {
    const resting = this.metrics.gauge(
      'zerorouter_deployment_resting_seconds',
      'How long the circuit breaker still keeps calls away from a deployment; 0 = closed',
      ['deployment', 'model'],
    );
    this.metrics.beforeScrape('deployments', () => {
      resting.reset();
      for (const { name: model, deployments } of directory.all)
        for (const deployment of deployments.slice(0, MOST_DEPLOYMENTS))
          resting.set({ deployment: deployment.id, model }, health.restsFor(deployment) / 1_000);
    });
  }
}
