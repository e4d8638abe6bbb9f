import { DomainError, matchesGlob } from '@zerorouter/contracts';
import type { SimulateRequest } from '@zerorouter/contracts';
import type { StoredProfile } from '@zerorouter/database';
import type { AvailableModel } from './decide-again.js';

type Changes = Pick<SimulateRequest, 'remove' | 'reprice' | 'add'>;
type Prices = NonNullable<SimulateRequest['reprice']>[string];

/**
 * The models of a scenario, by name.
 * @param active what is routed to, or would be in the scenario's space.
 * @param stored profiles of any state in the same space.
 * @throws DomainError `unknown-model` for a name or a glob that fits nothing, `invalid-request` for a
 *   model that would be there twice.
 */
export function scenarioModels(
  active: readonly Pick<StoredProfile, 'profile'>[],
  stored: readonly Pick<StoredProfile, 'profile'>[],
  { remove = [], reprice = {}, add = [] }: Changes,
): AvailableModel[] {
  const names = active.map(({ profile }) => profile.model);
  for (const [i, glob] of remove.entries())
    if (!names.some((name) => matchesGlob(glob, name))) throw unknown(`remove.${i}`, glob);
  for (const name of Object.keys(reprice))
    if (!names.includes(name)) throw unknown(`reprice.${name}`, name);

  const kept = active
    .filter(({ profile }) => !remove.some((glob) => matchesGlob(glob, profile.model)))
    .map(({ profile }) => available(profile, profile.model, reprice[profile.model]));
  const added = add.map(({ model, like, prices }, i) => {
    const source = stored.find(({ profile }) => profile.model === (like ?? model));
    if (source === undefined)
      throw unknown(`add.${i}.${like === undefined ? 'model' : 'like'}`, like ?? model);
    return available({ ...source.profile, model }, like ?? model, prices);
  });
  const all = [...kept, ...added];
  const twice = all.find(
    ({ profile }, i) => all.findIndex((other) => other.profile.model === profile.model) !== i,
  );
  if (twice !== undefined)
    throw new DomainError(
      'invalid-request',
      `the model "${twice.profile.model}" would be there twice: add it under another name, or remove it first`,
      { details: { errors: [{ path: 'add', message: `"${twice.profile.model}" is there` }] } },
    );
  // As the registry orders them, so that ties fall the same way.
  return all.sort((a, b) => (a.profile.model < b.profile.model ? -1 : 1));
}

function available(
  profile: StoredProfile['profile'],
  admittedAs: string,
  prices: Prices | undefined,
): AvailableModel {
  if (prices === undefined) return { profile, admittedAs };
  const cost = {
    kind: 'prices' as const,
    inputPerMtok: prices.input_per_mtok,
    outputPerMtok: prices.output_per_mtok,
  };
  return { profile: { ...profile, cost }, admittedAs };
}

function unknown(path: string, name: string): DomainError {
  return new DomainError('unknown-model', `${path}: no model fits "${name}"`, {
    details: { errors: [{ path, message: `"${name}" fits no model` }] },
  });
}
