import { DomainError, matchesGlob } from '@zerorouter/contracts';
import type { PolicySelector } from '@zerorouter/contracts';
import type { KeyLimits } from '@zerorouter/database';
import { PINNED } from './admission.js';

/** Whether the lists of a key admit a model; no list admits all. */
export function allowsModel({ models }: Pick<KeyLimits, 'models'>, name: string): boolean {
  return models.length === 0 || models.some((glob) => matchesGlob(glob, name));
}

export function allowsPolicy({ policies }: Pick<KeyLimits, 'policies'>, name: string): boolean {
  return policies.length === 0 || policies.includes(name);
}

/**
 * What is left of a request's patterns: the names that both it and the key admit, and patterns that fit no
 * model at all, which whoever decides refuses as it does for any caller.
 * @param requested absent = all models.
 * @param names of the models that can be chosen.
 * @returns undefined where the key is not limited: the request's own patterns stand.
 * @throws DomainError `model-not-allowed` for a name that the key does not admit, and where nothing is left.
 */
export function narrowModels(
  limits: Pick<KeyLimits, 'models'>,
  requested: readonly string[] | undefined,
  names: readonly string[],
): string[] | undefined {
  if (limits.models.length === 0) return undefined;
  const refused = requested?.find((name) => !name.includes('*') && !allowsModel(limits, name));
  if (refused !== undefined) throw modelNotAllowed(limits, `the model "${refused}"`);
  const patterns = requested ?? ['*'];
  const fits = (name: string) => patterns.some((pattern) => matchesGlob(pattern, name));
  const idle = patterns.filter((pattern) => !names.some((name) => matchesGlob(pattern, name)));
  const left = [...names.filter((name) => fits(name) && allowsModel(limits, name)), ...idle];
  if (left.length === 0)
    throw modelNotAllowed(limits, `any model that fits ${patterns.map(quote).join(', ')}`);
  return left;
}

/**
 * The policy that decides for a caller.
 * @param standard of requests that name none; a key that may not use it has the first of its list.
 * @returns undefined = the request's own, or the standard one.
 * @throws DomainError `policy-not-allowed`
 */
export function narrowPolicy(
  { policies }: Pick<KeyLimits, 'policies'>,
  requested: PolicySelector | undefined,
  standard: string,
): string | undefined {
  const [first] = policies;
  if (first === undefined) return undefined;
  if (requested === undefined) {
    if (policies.includes(standard)) return undefined;
    const named = policies.find((name) => name !== PINNED);
    if (named !== undefined) return named;
    throw policyNotAllowed(policies, 'any policy: it may only name its model');
  }
  if (typeof requested !== 'string')
    throw policyNotAllowed(policies, 'weights or a dial of its own');
  if (policies.includes(requested)) return undefined;
  throw policyNotAllowed(
    policies,
    requested === PINNED
      ? `a model that the request names ("${PINNED}" in the key's policies would allow it)`
      : `the policy "${requested}"`,
  );
}

function modelNotAllowed({ models }: Pick<KeyLimits, 'models'>, what: string): DomainError {
  const message = `this API key may not use ${what}: it may use ${models.map(quote).join(', ')}`;
  return new DomainError('model-not-allowed', message, {
    details: { models, errors: [{ path: 'models', message }] },
  });
}

function policyNotAllowed(policies: readonly string[], what: string): DomainError {
  const message = `this API key may not use ${what}: it may use ${policies.map(quote).join(', ')}`;
  return new DomainError('policy-not-allowed', message, {
    details: { policies, errors: [{ path: 'policy', message }] },
  });
}

const quote = (name: string) => `"${name}"`;
