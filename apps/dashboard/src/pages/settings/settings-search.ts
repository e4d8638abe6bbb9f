export const TABS = ['policies', 'keys', 'anchor-sets', 'spaces'] as const;
export type SettingsTab = (typeof TABS)[number];

/** Which tab an address opens. */
export function readSettingsSearch({ tab }: Record<string, unknown>): { tab?: SettingsTab } {
  const known = TABS.find((name) => name === tab);
  return known === undefined ? {} : { tab: known };
}
