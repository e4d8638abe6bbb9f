import type { AlertStore } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import type { Deployment, ProviderError } from '@zerorouter/providers';
import type { ServedModel } from './model-directory.js';

/** Tells administrators of deployments that cannot work until somebody mends them. */
export class DeploymentAlerts {
  constructor(
    private readonly alerts: Pick<AlertStore, 'create'>,
    private readonly logger: Logger,
  ) {}

  /** No call waits for it. */
  raise(
    { id: modelId, name }: ServedModel,
    { id: deployment, baseUrl }: Deployment,
    { status, kind }: ProviderError,
  ): void {
    // Not in the provider's own words: they may repeat the prompt, which is kept nowhere.
    const what = status === null ? `its failure is "${kind}"` : `it answers HTTP ${status}`;
    this.logger.warn({ model: name, deployment, status, kind }, 'a deployment refuses to work');
    this.alerts
      .create({
        kind: 'deployment',
        modelId,
        message: `a deployment of "${name}" refuses to work: ${what}`,
        evidence: { deployment_id: deployment, base_url: baseUrl, status, kind },
      })
      .catch((error: unknown) =>
        this.logger.error({ err: error, model: name }, 'an alert could not be stored'),
      );
  }
}
