import { isDomainError } from '@zerorouter/contracts';
import type {
  Declaration,
  DeclarationPath,
  DeclarationProblem,
  DeclaredModel,
} from '@zerorouter/contracts';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { endpointCheck, type ProviderSettings } from '../open-model-admin.js';

/** The mistakes of a declaration that each entry alone does not show, all of them. */
export function checkDeclaration(
  { models, policies }: Declaration,
  settings: Pick<ProviderSettings, 'PROVIDER_ALLOW_PRIVATE'>,
): DeclarationProblem[] {
  const refuseEndpoint = endpointCheck(settings);
  return [
    ...models.flatMap(({ at, value }, i) => {
      const first = models.findIndex((other) => other.value.name === value.name);
      const twice =
        first === i
          ? []
          : [
              {
                at: [...at, 'name'],
                message: `"${value.name}" is declared at ${models[first]!.at.join('.')} already: make one entry of the two`,
              },
            ];
      return [...twice, ...checkDeployments(at, value, refuseEndpoint)];
    }),
    ...policies
      .filter(({ value }) => Object.hasOwn(POLICY_PRESETS, value.name))
      .map(({ at, value }) => ({
        at,
        message: `"${value.name}" is a preset, which means the same everywhere: give yours another name`,
      })),
  ];
}

function checkDeployments(
  at: DeclarationPath,
  { name, deployments = [] }: DeclaredModel,
  refuseEndpoint: (url: string) => void,
): DeclarationProblem[] {
  const seen = new Map<string, number>();
  return deployments.flatMap(({ base_url: url, upstream_model: upstream = name }, i) => {
    const here = [...at, 'deployments', i];
    const key = JSON.stringify([url, upstream]);
    const first = seen.get(key);
    seen.set(key, first ?? i);
    const problems: DeclarationProblem[] = [];
    if (first !== undefined)
      problems.push({
        at: here,
        message: `is the same as deployments.${first}: two must differ in base_url or upstream_model`,
      });
    try {
      refuseEndpoint(url);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      problems.push({ at: [...here, 'base_url'], message: error.message });
    }
    return problems;
  });
}
