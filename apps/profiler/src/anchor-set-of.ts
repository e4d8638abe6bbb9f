import type { AnchorSet, Database } from '@zerorouter/database';

/** The set that ships. */
const STARTER = 'starter';

/** What models are asked in a space unless told otherwise: the set that ships, or the newest other one. */
export async function anchorSetOf(
  { anchors }: Pick<Database, 'anchors'>,
  spaceVersion: string,
): Promise<AnchorSet | null> {
  const sets = (await anchors.sets()).filter((set) => set.spaceVersion === spaceVersion);
  return sets.find(({ name }) => name === STARTER) ?? sets[0] ?? null;
}
