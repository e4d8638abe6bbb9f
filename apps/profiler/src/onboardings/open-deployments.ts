import { DomainError } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import type { Deployment, SecretBox } from '@zerorouter/providers';

/**
 * Where a model can be asked, with its keys in clear.
 * @throws DomainError `no-deployment`, `secrets-key-missing`, `secret-unreadable`
 */
export async function openDeployments(
  { models }: Pick<Database, 'models'>,
  secrets: Pick<SecretBox, 'open'>,
  model: { readonly id: string; readonly name: string },
): Promise<Deployment[]> {
  const sealed = await models.sealedDeployments(model.id);
  if (sealed.length === 0)
    throw new DomainError('no-deployment', `${model.name} has no deployment to ask any more`);
  return sealed.map(({ id, baseUrl, upstreamModel, authHeader, apiKeyCiphertext }) => ({
    id,
    baseUrl,
    upstreamModel,
    authHeader,
    apiKey: apiKeyCiphertext === null ? null : secrets.open(apiKeyCiphertext, id),
  }));
}
