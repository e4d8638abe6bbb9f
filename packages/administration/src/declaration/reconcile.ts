import { DomainError } from '@zerorouter/contracts';
import type { Declaration } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import { POLICY_PRESETS } from '@zerorouter/optimizer';
import { SecretBox } from '@zerorouter/providers';
import { openModelAdmin, type ProviderSettings } from '../open-model-admin.js';
import { planModel } from './plan-model.js';
import { planPolicy } from './plan-policy.js';

/** What has become of one declared thing, or would. */
export interface DeclarationStep {
  kind: 'model' | 'policy';
  name: string;
  action: 'create' | 'update' | 'unchanged';
  /** What differed, for people; never a secret. */
  changes: readonly string[];
}

/** A step, and what carries it out. */
export interface PlannedStep extends DeclarationStep {
  carryOut: () => Promise<unknown>;
}

export interface ReconcileOptions {
  settings: ProviderSettings & { DEFAULT_POLICY: string };
  /** Only tells what it would do. */
  dryRun: boolean;
}

/**
 * Makes the database hold what a declaration says. What is there beside it stays: models and policies
 * that the declaration does not name, members that it leaves out, and deployments that others have
 * added; deployments that an earlier declaration has made, and this one no longer has, go. Safe to
 * repeat: what agrees already is not written.
 *
 * @throws DomainError `unknown-policy`, and what ModelAdmin throws
 */
export async function reconcile(
  declaration: Declaration,
  database: Database,
  { settings, dryRun }: ReconcileOptions,
): Promise<DeclarationStep[]> {
  const models = openModelAdmin(database, settings);
  const secrets = new SecretBox(settings);
  await requirePolicies(settings.DEFAULT_POLICY, declaration, database);
  const plans = [
    ...declaration.policies.map(
      ({ value }) =>
        () =>
          planPolicy(value, database),
    ),
    ...declaration.models.map(
      ({ value }) =>
        () =>
          planModel(value, { database, models, secrets }),
    ),
  ];
  const steps: DeclarationStep[] = [];
  for (const plan of plans) {
    const { carryOut, ...step } = await plan();
    if (!dryRun && step.action !== 'unchanged') await carryOut();
    steps.push(step);
  }
  return steps;
}

/** The default policy and those in shadow of others must be presets, declared or stored. */
async function requirePolicies(
  defaultPolicy: string,
  { policies }: Declaration,
  database: Database,
): Promise<void> {
  const needed = [
    { name: defaultPolicy, of: 'DEFAULT_POLICY' },
    ...policies.flatMap(({ value: { name, policy } }) =>
      policy.shadow.map((other) => ({ name: other, of: `the shadow of the policy "${name}"` })),
    ),
  ];
  const known = new Set([
    ...Object.keys(POLICY_PRESETS),
    ...policies.map(({ value }) => value.name),
    ...(await database.policies.list()).map(({ name }) => name),
  ]);
  const missing = needed.filter(({ name }) => !known.has(name));
  if (missing.length > 0)
    throw new DomainError(
      'unknown-policy',
      `${missing.map(({ name, of }) => `${of} is "${name}"`).join(', ')}, but there is no such policy: declare it under "policies", or name one of ${[...known].join(', ')}`,
    );
}
