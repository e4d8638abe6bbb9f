import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { alertListSchema } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { get } from '../../api/client.js';
import { profiledModelsQuery, recentDecisionsQuery } from '../../api/queries.js';
import { EmptyState } from '../../components/empty-state.js';
import { Icon } from '../../components/icon.js';
import { PageHeader } from '../../components/page-header.js';
import { QueryView } from '../../components/query-view.js';
import { AddModel } from './add-model.js';
import { CompareModels } from './compare-models.js';
import { ModelCards } from './model-list.js';
import { ModelsTable } from './models-table.js';
import { arrangeModels, ORDERS } from './arrange-models.js';
import type { ModelOrder } from './arrange-models.js';
import { trafficFacts } from './traffic-facts.js';

const STATES = ['draft', 'profiling', 'shadow', 'active', 'retired'];

export function ModelsPage() {
  const models = useQuery(profiledModelsQuery);
  const recent = useQuery(recentDecisionsQuery);
  const alerts = useQuery({
    queryKey: ['alerts', 'open'],
    queryFn: ({ signal }) =>
      get('/admin/v1/alerts', alertListSchema, { signal, query: { open: true } }),
  });
  const decisions = useMemo(() => recent.data?.data ?? [], [recent.data]);
  const traffic = useMemo(() => trafficFacts(decisions), [decisions]);
  const [search, setSearch] = useState('');
  const [state, setState] = useState<string | null>(null);
  const [order, setOrder] = useState<ModelOrder>('chosen');
  const [compared, setCompared] = useState<readonly string[]>([]);
  const [view, setView] = useState<'cards' | 'table'>('cards');
  // The two that were chosen last.
  const compare = useCallback(
    (name: string, on: boolean) =>
      setCompared((names) =>
        on ? [...names, name].slice(-2) : names.filter((other) => other !== name),
      ),
    [],
  );
  const [adding, { open, close }] = useDisclosure(false);
  return (
    <Stack>
      <PageHeader
        title="Models"
        about="What is known of each model in the active latent space, and how it fares on recent queries."
        actions={
          <Button leftSection={<Icon name="plus" />} onClick={open}>
            Add a model
          </Button>
        }
      />
      <AddModel opened={adding} onClose={close} />
      <QueryView query={models}>
        {({ space, models: all }) => {
          const shown = arrangeModels(all, { search, state, order, traffic });
          const pair = compared.flatMap((name) => all.find((model) => model.name === name) ?? []);
          const [a, b] = pair.map((model) => ({ model, traffic: traffic.get(model.name) }));
          return (
            <Stack>
              {space === null && <EmptyState title="No latent space is active" />}
              {a !== undefined && b !== undefined && (
                <CompareModels
                  pair={[a, b]}
                  decisions={decisions}
                  onClose={() => setCompared([])}
                />
              )}
              <Group align="flex-end">
                <TextInput
                  label="Search"
                  placeholder="Part of a name"
                  value={search}
                  onChange={(event) => setSearch(event.currentTarget.value)}
                />
                <Select
                  label="State"
                  data={STATES}
                  placeholder="all"
                  value={state}
                  onChange={setState}
                  clearable
                  w={150}
                />
                <Select
                  label="Order"
                  data={ORDERS.map(({ value, label }) => ({ value, label }))}
                  value={order}
                  onChange={(value) => setOrder(value ?? 'chosen')}
                  allowDeselect={false}
                  w={190}
                />
                <SegmentedControl
                  aria-label="Shown as"
                  data={[
                    { value: 'cards', label: 'Cards' },
                    { value: 'table', label: 'Table' },
                  ]}
                  value={view}
                  onChange={setView}
                />
                <Text size="sm" c="dimmed" role="status">
                  {shown.length} of {all.length} models
                  {compared.length === 1 && ' · choose one more to compare'}
                </Text>
              </Group>
              {shown.length === 0 && all.length > 0 && (
                <EmptyState title="No model is like that">Search for less.</EmptyState>
              )}
              {view === 'table' ? (
                <ModelsTable
                  models={shown}
                  traffic={traffic}
                  compared={compared}
                  onCompare={compare}
                />
              ) : (
                <ModelCards
                  models={shown}
                  traffic={traffic}
                  compared={compared}
                  onCompare={compare}
                  alertsOf={(id) =>
                    alerts.data?.data.filter(({ model_id }) => model_id === id) ?? []
                  }
                />
              )}
            </Stack>
          );
        }}
      </QueryView>
    </Stack>
  );
}
