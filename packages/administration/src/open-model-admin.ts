import type { Database } from '@zerorouter/database';
import { metadataProfile } from '@zerorouter/onboarding';
import { checkEndpointUrl, SecretBox, type SecretKeys } from '@zerorouter/providers';
import { ModelAdmin } from './model-admin.js';

/** The slice of the configuration that says which endpoints may be called, and what seals their keys. */
export interface ProviderSettings extends SecretKeys {
  PROVIDER_ALLOW_PRIVATE: 'true' | 'false';
}

/** The administration of models by a configuration. */
export function openModelAdmin(database: Database, settings: ProviderSettings): ModelAdmin {
  const secrets = new SecretBox(settings);
  return new ModelAdmin({
    database,
    metadataProfile,
    seal: (apiKey, deploymentId) => secrets.seal(apiKey, deploymentId),
    checkEndpoint: endpointCheck(settings),
  });
}

/** Throws a DomainError for a URL that must not be called. */
export function endpointCheck(
  settings: Pick<ProviderSettings, 'PROVIDER_ALLOW_PRIVATE'>,
): (url: string) => void {
  const allowPrivate = settings.PROVIDER_ALLOW_PRIVATE === 'true';
  return (url) => {
    checkEndpointUrl(url, { allowPrivate });
  };
}
