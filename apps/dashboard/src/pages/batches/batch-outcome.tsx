import { SimpleGrid, Stack } from '@mantine/core';
import type { BatchView } from '@zerorouter/contracts';
import { BarList } from '../../charts/bar-list.js';
import { Facts } from '../../components/facts.js';
import { Panel } from '../../components/panel.js';
import { Stat, StatRow } from '../../components/stat.js';
import {
  formatCount,
  formatDateTime,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../format/format.js';

/** What a batch came to, what it was held to, and what more of each bound would bring. */
export function BatchOutcome({ batch }: { batch: BatchView }) {
  const { totals } = batch;
  return (
    <Stack>
      {totals !== null && (
        <StatRow>
          <Stat
            label="Expected accuracy"
            value={formatPercent(totals.mean_accuracy)}
            note={`${formatNumber(totals.expected_correct)} correct answers`}
          />
          <Stat
            label="Predicted cost"
            value={formatUsd(totals.cost_usd)}
            note={budgetNote(batch)}
          />
          <Stat
            label="From the optimum"
            value={batch.gap_bound === null ? '–' : formatPercent(batch.gap_bound, 2)}
            note="at most"
          />
        </StatRow>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {totals !== null && (
          <Panel title="Who answers" about="Items by the model that was chosen.">
            <BarList label="Items by model" bars={callsByModel(totals.calls)} />
          </Panel>
        )}
        <Panel title="Terms">
          <Facts rows={[...terms(batch), ...shadowPrices(batch)]} />
        </Panel>
      </SimpleGrid>
    </Stack>
  );
}

type Row = readonly [name: string, value: string];

function budgetNote({ constraints: { budget_usd: budget } }: BatchView): string | undefined {
  return budget === undefined ? undefined : `of a budget of ${formatUsd(budget)}`;
}

function callsByModel(calls: Readonly<Record<string, number>>) {
  const all = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return Object.entries(calls)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => ({
      name,
      share: count / all,
      said: `${formatCount(count)} · ${formatPercent(count / all)}`,
    }));
}

function terms({ policy, constraints, method, space_version, ...batch }: BatchView): Row[] {
  const { budget_usd, min_accuracy, max_latency_ms, capacity } = constraints;
  const weights = Object.entries(policy.weights).map(
    ([name, weight]) => `${formatNumber(weight)} ${name}`,
  );
  const given = (
    name: string,
    value: number | undefined,
    said: (value: number) => string,
  ): Row[] => (value === undefined ? [] : [[name, said(value)]]);
  return [
    ['Policy', `${policy.label} (${weights.join(', ')})`],
    ...given('Budget', budget_usd, formatUsd),
    ...given('Mean accuracy', min_accuracy, (share) => `${formatPercent(share)} at least`),
    ...given('A call', max_latency_ms, (ms) => `${formatMs(ms)} at most`),
    ...Object.entries(capacity ?? {}).map(([model, most]): Row => [
      model,
      `${formatCount(most)} calls at most`,
    ]),
    ...(method === null ? [] : [['Method', method] as const]),
    ['Latent space', space_version],
    [
      'Texts',
      batch.texts_deleted_at === null
        ? `deleted on ${formatDateTime(batch.expires_at)}`
        : `deleted ${formatDateTime(batch.texts_deleted_at)}`,
    ],
  ];
}

/** What a little more of each bound would bring: nothing is said of one that does not bind. */
function shadowPrices({ shadow_prices: prices }: BatchView): Row[] {
  if (prices === null) return [];
  const { budget_usd, min_accuracy, capacity = {} } = prices;
  return [
    ...(budget_usd === undefined
      ? []
      : [['A further dollar', `brings ${formatNumber(budget_usd)} correct answers`] as const]),
    ...(min_accuracy === undefined
      ? []
      : [['A further point of accuracy', `costs ${formatUsd(min_accuracy)}`] as const]),
    ...Object.entries(capacity).map(
      ([model, answers]) =>
        [`A further call of ${model}`, `brings ${formatNumber(answers)} correct answers`] as const,
    ),
  ];
}
