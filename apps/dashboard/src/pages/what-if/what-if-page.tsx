import { SimpleGrid, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { simulateResponseSchema } from '@zerorouter/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client.js';
import { profiledModelsQuery } from '../../api/queries.js';
import { EmptyState } from '../../components/empty-state.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { ScenarioForm } from './scenario-form.js';
import { ScenarioResult } from './scenario-result.js';
import { TODAY, toSimulateRequest } from './scenario.js';

const ASK_AFTER_MS = 500;

/** Other models, prices or weights, tried on the latents of decisions that were made. */
export function WhatIfPage() {
  const models = useQuery(profiledModelsQuery);
  const [scenario, setScenario] = useState(TODAY);
  const [asked] = useDebouncedValue(scenario, ASK_AFTER_MS);
  const today = useSimulation({ limit: asked.limit });
  const changed = useSimulation(toSimulateRequest(asked));
  return (
    <Stack>
      <PageHeader
        title="What if"
        about="Add, remove or reprice models, or weigh otherwise, and see what recent decisions would have come to. No model is called, and nothing changes."
      />
      <QueryView query={models}>
        {({ models: all }) => (
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <Panel title="Changes">
              <ScenarioForm scenario={scenario} models={all} onChange={setScenario} />
            </Panel>
            <div>
              <QueryView query={changed}>
                {(result) =>
                  result.decisions === 0 ? (
                    <EmptyState
                      title="There are no decisions in the active space yet"
                      icon="branch"
                    >
                      Route some queries first: try the playground.
                    </EmptyState>
                  ) : (
                    <ScenarioResult
                      scenario={asked}
                      result={result}
                      today={today.data ?? null}
                      stale={changed.isPlaceholderData || asked !== scenario}
                    />
                  )
                }
              </QueryView>
            </div>
          </SimpleGrid>
        )}
      </QueryView>
    </Stack>
  );
}

function useSimulation(request: object) {
  return useQuery({
    queryKey: ['simulate', request],
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      send('POST', '/admin/v1/simulate', request, simulateResponseSchema, { signal }),
  });
}
