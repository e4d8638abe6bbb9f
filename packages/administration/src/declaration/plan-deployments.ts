import { isDomainError } from '@zerorouter/contracts';
import type { DeploymentRequest } from '@zerorouter/contracts';
import type { SealedDeployment } from '@zerorouter/database';

type Place = Pick<SealedDeployment, 'baseUrl' | 'upstreamModel'>;

export interface StoredDeployments {
  stored: readonly SealedDeployment[];
  /** Those of them that a declaration has made. */
  fromFile: readonly Place[];
  /** The key of a deployment in clear; throws a DomainError where it cannot be read. */
  openKey: (deployment: SealedDeployment) => string | null;
}

export interface DeploymentPlan {
  /** The whole list, as a patch gives it; a key is there only where it is a new one. */
  wanted: DeploymentRequest[];
  added: Place[];
  changes: string[];
}

/** The declared deployments, and those that others have added beside them. */
export function planDeployments(
  model: string,
  declared: readonly DeploymentRequest[],
  { stored, fromFile, openKey }: StoredDeployments,
): DeploymentPlan {
  const added: Place[] = [];
  const changes: string[] = [];
  const wanted = declared.map((request): DeploymentRequest => {
    const { api_key: key, ...rest } = request;
    const place = { baseUrl: request.base_url, upstreamModel: request.upstream_model ?? model };
    const same = stored.find((one) => isSame(one, place));
    if (same === undefined) {
      added.push(place);
      changes.push(`deployment ${place.baseUrl} is new`);
      return request;
    }
    if (same.authHeader !== (request.auth_header ?? null))
      changes.push(`auth_header of ${place.baseUrl}`);
    if (key === undefined || key === readKey(same, openKey)) return rest;
    changes.push(`api_key of ${place.baseUrl}`);
    return request;
  });
  for (const one of stored) {
    const isDeclared = declared.some((request) =>
      isSame(one, { baseUrl: request.base_url, upstreamModel: request.upstream_model ?? model }),
    );
    if (isDeclared) continue;
    if (fromFile.some((place) => isSame(one, place)))
      changes.push(`deployment ${one.baseUrl} is no longer declared`);
    else
      wanted.push({
        base_url: one.baseUrl,
        upstream_model: one.upstreamModel,
        ...(one.authHeader === null ? {} : { auth_header: one.authHeader }),
      });
  }
  return { wanted, added, changes };
}

function isSame(one: Place, other: Place): boolean {
  return one.baseUrl === other.baseUrl && one.upstreamModel === other.upstreamModel;
}

/** A key that cannot be read any more is as good as another one. */
function readKey(
  deployment: SealedDeployment,
  openKey: StoredDeployments['openKey'],
): string | null {
  try {
    return openKey(deployment);
  } catch (error) {
    if (isDomainError(error)) return null;
    throw error;
  }
}
