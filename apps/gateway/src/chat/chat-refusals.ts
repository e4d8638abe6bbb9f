import { DomainError, isDomainError, NO_DEPLOYMENT } from '@zerorouter/contracts';

/** Of the models that a decision could not choose, those without a deployment say nothing to the caller. */
export function onlyOfCallable(error: unknown): unknown {
  if (!isDomainError(error) || error.code !== 'no-eligible-model') return error;
  const { candidates } = error.details as {
    candidates: { model: string; excluded: string | undefined }[];
  };
  const callable = candidates.filter(({ excluded }) => excluded !== NO_DEPLOYMENT);
  return new DomainError(
    'no-eligible-model',
    `no model with a deployment can take this request: ${callable.map(({ model, excluded }) => `${model} (${excluded})`).join('; ')}. Loosen the request or its constraints, or give a deployment to another model`,
    { details: { candidates: callable }, cause: error },
  );
}

export function notFound(name: string): DomainError {
  return new DomainError(
    'model-not-found',
    `there is no model "${name}" here: GET /v1/models lists them, POST /admin/v1/models adds one with its deployment`,
  );
}

export function noDeployment(model: string | null): DomainError {
  const how =
    'PATCH /admin/v1/models/{name} with {"deployments":[{"base_url":"https://…/v1","api_key":"…","upstream_model":"…"}]}, or POST /admin/v1/models for a new model';
  return new DomainError(
    'no-deployment',
    model === null
      ? `no model that may be chosen has a deployment to call, so that /v1/route decides and nobody answers: ${how}`
      : `nothing that is called "${model}" has a deployment that can be called: ${how}`,
  );
}
