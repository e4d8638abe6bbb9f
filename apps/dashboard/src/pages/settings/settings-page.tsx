import { Stack, Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { PageHeader } from '../../components/page-header.js';
import { AnchorSets } from './anchor-sets.js';
import { Keys } from './keys.js';
import { Policies } from './policies.js';
import type { SettingsTab } from './settings-search.js';
import { Spaces } from './spaces.js';

const TITLES: readonly (readonly [SettingsTab, string])[] = [
  ['policies', 'Policies'],
  ['keys', 'Keys'],
  ['anchor-sets', 'Anchor sets'],
  ['spaces', 'Latent spaces'],
];

export function SettingsPage() {
  const { tab = 'policies' } = useSearch({ from: '/settings' });
  const navigate = useNavigate();
  return (
    <Stack>
      <PageHeader
        title="Settings"
        about="What holds for all requests: how they are weighed, who may send them, and what models are measured with."
      />
      <Tabs
        value={tab}
        onChange={(next) =>
          void navigate({ to: '/settings', search: { tab: next as SettingsTab }, replace: true })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {TITLES.map(([name, title]) => (
            <Tabs.Tab key={name} value={name}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="policies">
          <Policies />
        </Tabs.Panel>
        <Tabs.Panel value="keys">
          <Keys />
        </Tabs.Panel>
        <Tabs.Panel value="anchor-sets">
          <AnchorSets />
        </Tabs.Panel>
        <Tabs.Panel value="spaces">
          <Spaces />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
