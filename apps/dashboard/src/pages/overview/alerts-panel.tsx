import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { alertSchema } from '@zerorouter/contracts';
import type { AlertView } from '@zerorouter/contracts';
import { send } from '../../api/client.js';
import { ErrorState } from '../../components/error-state.js';
import { Panel } from '../../components/panel.js';
import { formatDateTime } from '../../format/format.js';
import { useOpenAlerts } from './use-overview.js';

/** What somebody should look at; nothing at all while there is nothing. */
export function AlertsPanel() {
  const { data, error, refetch } = useOpenAlerts();
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.data.length === 0) return null;
  return (
    <Panel title={`Alerts (${data.data.length} open)`}>
      <Stack gap="sm">
        {data.data.map((alert) => (
          <OpenAlert key={alert.id} alert={alert} />
        ))}
      </Stack>
    </Panel>
  );
}

function OpenAlert({ alert }: { alert: AlertView }) {
  const { id, kind, message, created_at, reprofiling } = alert;
  const client = useQueryClient();
  const resolve = useMutation({
    mutationFn: () =>
      send('POST', `/admin/v1/alerts/${encodeURIComponent(id)}/resolve`, undefined, alertSchema),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Group gap="xs">
            <Badge color="orange" variant="outline" tt="none">
              {kind}
            </Badge>
            <Text size="sm" c="dimmed">
              {formatDateTime(created_at)}
            </Text>
          </Group>
          <Text size="sm" mt={4} style={{ overflowWrap: 'anywhere' }}>
            {message}
          </Text>
          {reprofiling !== null && <Reprofiling of={reprofiling} />}
        </div>
        <Button
          size="xs"
          variant="default"
          loading={resolve.isPending}
          onClick={() => resolve.mutate()}
        >
          Resolve
        </Button>
      </Group>
      {resolve.isError && <ErrorState error={resolve.error} />}
    </div>
  );
}

/** How the onboarding stands that was begun by itself because of an alert. */
function Reprofiling({ of }: { of: NonNullable<AlertView['reprofiling']> }) {
  const { onboarding_id: id, state, kept } = of;
  return (
    <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      <Anchor component={Link} to={`/models/onboardings/${id}`}>
        Measured again
      </Anchor>
      : {state}
      {kept !== null && `, and keeps its profile: ${kept}`}
    </Text>
  );
}
