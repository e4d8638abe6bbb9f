import { Badge, Group, Stack, Text } from '@mantine/core';
import type { RouteResponse } from '@zerorouter/contracts';
import { Panel } from '../../components/panel.js';
import { Stat, StatRow } from '../../components/stat.js';
import { formatCount, formatNumber, formatPercent } from '../../format/format.js';

/** From here on a query counts as one of the kind that the space was learnt from. */
const AT_HOME = 0.5;

/** Where the query lies: how hard it is, how long, and how much at home. */
export function QueryPanel({ query }: { query: RouteResponse['query'] }) {
  const length = Math.hypot(...query.discrimination);
  const isHome = query.in_domain >= AT_HOME;
  return (
    <Panel title="The query">
      <Stack gap="sm">
        <Group gap="xs">
          <Badge color={isHome ? 'teal' : 'orange'} variant="outline" tt="none" size="lg">
            {isHome ? 'In domain' : 'Away from home'}
          </Badge>
          <Text size="sm" c="dimmed">
            {formatPercent(query.in_domain, 0)} like the queries that the space was learnt from
            {isHome ? '' : ': forecasts are pulled towards what is known, and intervals are wide'}
          </Text>
        </Group>
        <StatRow>
          <Stat
            label="Difficulty"
            value={formatNumber(query.difficulty)}
            note={
              length > 0
                ? `${formatNumber(query.difficulty / length)} on the ability scale`
                : undefined
            }
          />
          <Stat
            label="Discrimination"
            value={formatNumber(length)}
            note="how far it tells strong from weak"
          />
          <Stat label="Input tokens" value={formatCount(query.tokens)} />
        </StatRow>
      </Stack>
    </Panel>
  );
}
