import { Badge, Group, Stack, Text } from '@mantine/core';
import type { RouteCandidate, RouteResponse } from '@zerorouter/contracts';
import { IntervalBar } from '../../components/interval-bar.js';
import { Panel } from '../../components/panel.js';
import { formatMs, formatUsd } from '../../format/format.js';

/** Which model answers, and what is expected of it. `settled` = the router has said so. */
export function ChoicePanel(props: {
  chosen: RouteCandidate;
  response: RouteResponse;
  settled: boolean;
}) {
  const { chosen, response, settled } = props;
  return (
    <Panel>
      <Stack gap="xs" aria-live="polite">
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            Answered by
          </Text>
          <Badge variant="outline" color={settled ? 'teal' : 'gray'} tt="none">
            {settled ? 'decided' : 'following the dial'}
          </Badge>
        </Group>
        <Text fw={700} size="xl" data-testid="choice" style={{ overflowWrap: 'anywhere' }}>
          {chosen.model}
        </Text>
        <IntervalBar value={chosen.p_correct} interval={chosen.interval} />
        <Group gap="lg">
          <Figure label="costs" value={formatUsd(chosen.cost_usd)} />
          <Figure label="takes" value={formatMs(chosen.latency_ms)} />
        </Group>
        {settled && (
          <Text size="sm" c="dimmed">
            {sentence(response.reason)} Decided in {formatMs(response.overhead_ms)}.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <Text size="sm">
      <Text span c="dimmed">
        {label}
      </Text>{' '}
      <Text span fw={600} className="zr-numeric">
        {value}
      </Text>
    </Text>
  );
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
