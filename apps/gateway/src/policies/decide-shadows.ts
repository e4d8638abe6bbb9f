import type { PolicySelector } from '@zerorouter/contracts';
import type { ShadowChoices } from '@zerorouter/database';
import type { HardConstraints } from '@zerorouter/optimizer';
import { tryToDecide } from '../roll-outs/decide-in-arm.js';
import type { RouteQuestion } from '../routing/decide-route.js';
import { isKnownPolicy, resolvePolicy } from '../routing/policy.js';
import type { NamedPolicy } from '../routing/policy.js';

/** A policy that others may be in shadow of. */
export type ShadowedPolicy = NamedPolicy & { readonly shadow: readonly string[] };

/**
 * What the policies in shadow of a request's would choose on what it was decided upon: best by their weights, without
 * exploration or budget. Null where there is none.
 * @param asked what was decided; `constraintsUnder` what holds of it under a policy with such constraints.
 */
export function decideShadows(
  selector: PolicySelector,
  policies: readonly ShadowedPolicy[],
  asked: RouteQuestion,
  constraintsUnder: (own: HardConstraints) => HardConstraints,
): ShadowChoices | null {
  const { shadow = [] } = policies.find(({ name }) => name === selector) ?? {};
  const known = shadow.filter((name) => isKnownPolicy(name, policies));
  if (known.length === 0) return null;
  return Object.fromEntries(
    known.map((name) => {
      const { weights, constraints } = resolvePolicy(name, policies);
      const answer = tryToDecide({
        ...asked,
        weights,
        constraints: constraintsUnder(constraints),
        budget: null,
        exploration: null,
        explain: false,
      });
      const choice = answer?.candidates.find(({ model }) => model === answer.model);
      return [name, choice ? [choice.model, choice.p_correct, choice.cost_usd] : null];
    }),
  );
}
