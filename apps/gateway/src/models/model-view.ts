import type { AdminModel } from '@zerorouter/contracts';
import type { StoredModel, StoredProfile } from '@zerorouter/database';

/** A model with its profile in one space, as administrators see it: without its keys. */
export function viewModel(model: StoredModel, stored: StoredProfile): AdminModel {
  const { ability, length, cost, latency } = stored.profile;
  const updatedAt = new Date(Math.max(+model.updatedAt, +stored.updatedAt));
  return {
    id: model.id,
    name: model.name,
    state: stored.state,
    state_reason: stored.stateReason,
    version: stored.version,
    space_version: stored.spaceVersion,
    context_window: model.contextWindow,
    capabilities: model.capabilities,
    prices: model.prices,
    size_b: model.sizeB,
    deployments: model.deployments.map((deployment) => ({
      id: deployment.id,
      base_url: deployment.baseUrl,
      upstream_model: deployment.upstreamModel,
      auth_header: deployment.authHeader,
      api_key_hint: deployment.apiKeyHint,
    })),
    ability,
    length,
    cost,
    latency,
    created_at: stored.createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
