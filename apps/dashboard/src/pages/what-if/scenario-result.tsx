import { List, Stack, Text } from '@mantine/core';
import type { SimulateResponse } from '@zerorouter/contracts';
import { DataTable } from '../../components/data-table.js';
import { Panel } from '../../components/panel.js';
import { Stat, StatRow } from '../../components/stat.js';
import { formatCount, formatMs, formatPercent, formatUsd } from '../../format/format.js';
import { FrontierPlot } from './frontier-plot.js';
import { describeScenario, isToday, shareChanges } from './scenario.js';
import type { Scenario } from './scenario.js';

/** What recent decisions would have come to, beside what they come to today. */
export function ScenarioResult(props: {
  scenario: Scenario;
  result: SimulateResponse;
  /** The same with nothing changed; null until it is known. */
  today: SimulateResponse | null;
  /** It is being computed anew. */
  stale: boolean;
}) {
  const { scenario, result, today, stale } = props;
  const { baseline, scenario: after, decisions, moves } = result;
  const moved = moves.reduce((sum, move) => sum + move.decisions, 0);
  const changed = !isToday(scenario);
  const said = describeScenario(scenario, formatUsd);
  return (
    <Stack aria-busy={stale}>
      <Text size="sm" role="status">
        {stale
          ? 'Computing…'
          : !changed
            ? `Today, on ${formatCount(decisions)} decisions. Change something to compare.`
            : `${formatCount(moved)} of ${formatCount(decisions)} decisions would fall otherwise.`}
      </Text>
      {said.length > 0 && (
        <List size="sm">
          {said.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      <StatRow>
        <Stat
          label="Expected accuracy"
          value={formatPercent(after.mean_accuracy)}
          note={changed ? `${formatPercent(baseline.mean_accuracy)} today` : undefined}
        />
        <Stat
          label="Predicted cost"
          value={formatUsd(after.cost_usd)}
          note={
            changed
              ? `${formatUsd(baseline.cost_usd)} today${changeOf(baseline.cost_usd, after.cost_usd)}`
              : undefined
          }
        />
        <Stat
          label="Latency"
          value={formatMs(after.mean_latency_ms)}
          note={changed ? `${formatMs(baseline.mean_latency_ms)} today` : undefined}
        />
        {(after.undecided > 0 || baseline.undecided > 0) && (
          <Stat
            label="Without a model"
            value={formatCount(after.undecided)}
            note={changed ? `${formatCount(baseline.undecided)} today` : undefined}
          />
        )}
      </StatRow>
      <Panel title="Accuracy and cost" about="What each setting of the dial would have reached.">
        <FrontierPlot result={result} today={today} changed={changed} />
      </Panel>
      <Panel title="Who answers">
        <DataTable
          label="Share of decisions by model"
          rows={shareChanges(result)}
          rowKey={({ model }) => model}
          maxHeight={320}
          columns={[
            { key: 'model', header: 'Model', cell: ({ model }) => model, width: 240 },
            {
              key: 'before',
              header: 'Today',
              cell: ({ before }) => formatPercent(before),
              sortValue: ({ before }) => before,
              align: 'right',
              width: 90,
            },
            {
              key: 'after',
              header: 'Then',
              cell: ({ after: share }) => formatPercent(share),
              sortValue: ({ after: share }) => share,
              align: 'right',
              width: 90,
            },
          ]}
        />
      </Panel>
      {moves.length > 0 && (
        <Panel title="Moves">
          <DataTable
            label="Decisions that fall otherwise"
            rows={[...moves].sort((a, b) => b.decisions - a.decisions)}
            rowKey={({ from, to }) => `${from} ${to}`}
            maxHeight={320}
            columns={[
              { key: 'from', header: 'From', cell: ({ from }) => from ?? 'no model', width: 200 },
              { key: 'to', header: 'To', cell: ({ to }) => to ?? 'no model', width: 200 },
              {
                key: 'decisions',
                header: 'Decisions',
                cell: ({ decisions: count }) => formatCount(count),
                align: 'right',
                width: 100,
              },
            ]}
          />
        </Panel>
      )}
    </Stack>
  );
}

function changeOf(before: number, after: number): string {
  if (before === 0 || before === after) return '';
  const change = after / before - 1;
  return `, ${change > 0 ? '+' : '−'}${formatPercent(Math.abs(change), 0)}`;
}
