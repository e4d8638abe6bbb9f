import { Group, Stack } from '@mantine/core';
import { spaceSchema } from '@zerorouter/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { send } from '../../api/client.js';
import { spacesQuery } from '../../api/queries.js';
import { ConfirmButton } from '../../components/confirm-button.js';
import { EmptyState } from '../../components/empty-state.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { Calibrations } from './calibrations.js';
import { SpaceCard } from './space-card.js';

/** Versions of the latent space: what each holds, how well it forecasts, and which one counts. */
export function Spaces() {
  const client = useQueryClient();
  const query = useQuery(spacesQuery);
  // Models, anchor sets and policies all read the active space.
  const refresh = () => client.invalidateQueries();
  return (
    <Stack>
      <QueryView query={query}>
        {({ data }) => (
          <Panel
            title="Latent spaces"
            about="One is active. A draft is activated once its held-out figures are better; the one before can be returned to."
            actions={
              <Group>
                <ConfirmButton
                  label="Roll back"
                  size="xs"
                  disabled={data.length < 2}
                  action={async () => {
                    await send('POST', '/admin/v1/spaces/rollback', undefined, spaceSchema);
                    await refresh();
                  }}
                >
                  The space that was active before is active again, with its profiles.
                </ConfirmButton>
              </Group>
            }
          >
            {data.length === 0 ? (
              <EmptyState title="There is no latent space">The set-up makes the first.</EmptyState>
            ) : (
              <Stack>
                {data.map((space) => (
                  <SpaceCard key={space.version} space={space} onChanged={refresh} />
                ))}
              </Stack>
            )}
          </Panel>
        )}
      </QueryView>
      <Calibrations />
    </Stack>
  );
}
