import { isDeepStrictEqual } from 'node:util';
import type { DeclaredModel, ModelPatch, ModelRequest } from '@zerorouter/contracts';
import type { Database, StoredModel } from '@zerorouter/database';
import type { SecretBox } from '@zerorouter/providers';
import type { ModelAdmin } from '../model-admin.js';
import { planDeployments, type DeploymentPlan } from './plan-deployments.js';
import type { PlannedStep } from './reconcile.js';

export interface PlanModelDependencies {
  database: Pick<Database, 'models'>;
  models: Pick<ModelAdmin, 'create' | 'update'>;
  secrets: Pick<SecretBox, 'open'>;
}

/** What makes the stored model the declared one. A model that is new starts as a draft. */
export async function planModel(
  declared: DeclaredModel,
  { database, models, secrets }: PlanModelDependencies,
): Promise<PlannedStep> {
  const { name } = declared;
  const stored = await database.models.get(name);
  if (stored === null)
    return {
      kind: 'model',
      name,
      action: 'create',
      changes: [],
      carryOut: async () => {
        const { id, deployments } = await models.create(newModel(declared));
        await database.models.markDeclared(id, deployments);
      },
    };

  const { changes, patch } = differences(stored, declared);
  const deployments: DeploymentPlan | null =
    declared.deployments === undefined
      ? null
      : planDeployments(name, declared.deployments, {
          stored: await database.models.sealedDeployments(stored.id),
          fromFile: await database.models.declaredDeployments(stored.id),
          openKey: ({ apiKeyCiphertext, id }) =>
            apiKeyCiphertext === null ? null : secrets.open(apiKeyCiphertext, id),
        });
  if (deployments !== null && deployments.changes.length > 0) {
    changes.push(...deployments.changes);
    patch.deployments = deployments.wanted;
  }
  return {
    kind: 'model',
    name,
    action: changes.length > 0 ? 'update' : 'unchanged',
    changes,
    carryOut: async () => {
      await models.update(stored.id, patch, {});
      await database.models.markDeclared(stored.id, deployments?.added ?? []);
    },
  };
}

function differences(
  stored: StoredModel,
  { prices, context_window, capabilities, size_b }: DeclaredModel,
): { changes: string[]; patch: ModelPatch } {
  const members = {
    prices: [stored.prices, prices],
    context_window: [stored.contextWindow, context_window],
    capabilities: [stored.capabilities, capabilities],
    size_b: [stored.sizeB, size_b],
  };
  const changed = Object.entries(members).filter(
    ([, [before, after]]) => after !== undefined && !isDeepStrictEqual(before, after),
  );
  return {
    changes: changed.map(([member]) => member),
    patch: Object.fromEntries(changed.map(([member, [, after]]) => [member, after])),
  };
}

function newModel({ prices, context_window, size_b, ...declared }: DeclaredModel): ModelRequest {
  return {
    name: declared.name,
    deployments: declared.deployments ?? [],
    capabilities: declared.capabilities ?? [],
    ...(prices == null ? {} : { prices }),
    ...(context_window == null ? {} : { context_window }),
    ...(size_b == null ? {} : { size_b }),
  };
}
