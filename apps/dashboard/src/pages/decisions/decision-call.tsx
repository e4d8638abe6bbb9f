import { Stack, Text } from '@mantine/core';
import type { DecisionDetail } from '@zerorouter/contracts';
import { EmptyState } from '../../components/empty-state.js';
import { Facts } from '../../components/facts.js';
import { StateBadge } from '../../components/state-badge.js';
import { DataTable } from '../../components/data-table.js';
import { formatCount, formatMs, formatUsd, UNKNOWN } from '../../format/format.js';
import { checkForecast } from './forecast-check.js';

/** What was expected of the call, beside what came of it. */
export function DecisionCall({ decision }: { decision: DecisionDetail }) {
  const check = checkForecast(decision);
  const { realised, model } = decision;
  if (check === null || realised === undefined)
    return decision.request.attempts === undefined ? (
      <EmptyState title="No call went through the router">
        Its model was asked for by /v1/route: what the answer cost is not known here.
      </EmptyState>
    ) : (
      <EmptyState title="Its answer has not ended">
        Or its gateway was stopped before it could write down what the call cost.
      </EmptyState>
    );
  return (
    <Stack>
      {check.model !== model && (
        <Text size="sm">
          {check.model} was called in the place of {model}: the forecast is the one for{' '}
          {check.model}.
        </Text>
      )}
      <DataTable
        label="Predicted and realised"
        rows={check.rows}
        rowKey={({ name }) => name}
        columns={[
          { key: 'name', header: 'Of the call', cell: ({ name }) => name, width: 100 },
          {
            key: 'predicted',
            header: 'Predicted',
            cell: ({ predicted, said }) => said(predicted),
            align: 'right',
            width: 85,
          },
          {
            key: 'realised',
            header: 'Realised',
            cell: ({ realised: value, said }) => said(value),
            align: 'right',
            width: 85,
          },
          {
            key: 'deviation',
            header: 'Off by',
            cell: ({ deviation }) => signedPercent(deviation),
            align: 'right',
            width: 70,
          },
        ]}
      />
      <Facts rows={callFacts(realised)} />
    </Stack>
  );
}

type Realised = NonNullable<DecisionDetail['realised']>;

function callFacts({ ending, status, finish_reason, tokens, ...call }: Realised) {
  return [
    [
      'It ended',
      <span key="ending">
        <StateBadge state={ending} />
        {status === null ? '' : ` HTTP ${status}`}
        {finish_reason === null ? '' : `, finish reason ${finish_reason}`}
      </span>,
    ] as const,
    ...(call.ttft_ms === null ? [] : [['First byte after', formatMs(call.ttft_ms)] as const]),
    ...(tokens.cached === null
      ? []
      : [['Tokens in from the cache', formatCount(tokens.cached)] as const]),
    ...(tokens.reasoning === null
      ? []
      : [['Tokens out of reasoning', formatCount(tokens.reasoning)] as const]),
    ...(tokens.estimated
      ? [['Tokens', 'counted from characters: the provider has not told them'] as const]
      : []),
    ...(call.lost_usd > 0
      ? [['Attempts that broke off', `may have cost ${formatUsd(call.lost_usd)} more`] as const]
      : []),
  ];
}

function signedPercent(share: number | null): string {
  if (share === null) return UNKNOWN;
  const percent = Math.round(share * 100);
  return percent === 0 ? '0%' : `${percent < 0 ? '−' : '+'}${Math.abs(percent)}%`;
}
