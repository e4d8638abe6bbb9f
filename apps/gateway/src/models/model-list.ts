import type { ModelList } from '@zerorouter/contracts';
import type { StoredProfile } from '@zerorouter/database';
import { policyNames } from '../routing/policy.js';
import type { NamedPolicy } from '../routing/policy.js';

type ListedModel = ModelList['data'][number];

/** Models that can be chosen, and the names that stand for a choice: `auto`, `zerorouter/<policy>`. */
export function listModels(
  profiles: readonly StoredProfile[],
  policies: readonly NamedPolicy[],
  admits: (policy: string) => boolean = () => true,
): ModelList {
  const names = policyNames(policies).filter(admits);
  const virtual = ['auto', ...names.map((name) => `zerorouter/${name}`)];
  return {
    object: 'list',
    data: [...virtual.map(virtualModel), ...profiles.map(realModel)],
  };
}

function virtualModel(id: string): ListedModel {
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: 'zerorouter',
    zerorouter: { kind: 'virtual', context_window: null, capabilities: [], deployments: 0 },
  };
}

function realModel(stored: StoredProfile): ListedModel {
  const { model } = stored.profile;
  const slash = model.indexOf('/');
  return {
    id: model,
    object: 'model',
    created: Math.floor(stored.createdAt.getTime() / 1000),
    owned_by: slash > 0 ? model.slice(0, slash) : 'unknown',
    zerorouter: {
      kind: 'real',
      context_window: stored.contextWindow,
      capabilities: stored.capabilities,
      deployments: stored.deployments,
    },
  };
}
