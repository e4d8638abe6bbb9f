import type { DecisionDetail } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { profiledModelsQuery } from '../../api/queries.js';
import { DataTable } from '../../components/data-table.js';
import { formatCount, formatMs, formatUsd, UNKNOWN } from '../../format/format.js';
import { describeAttempts } from './call-attempts.js';

/** Every call that was made for the decision, in order, and whose answer was passed on. */
export function AttemptsTable({ decision }: { decision: DecisionDetail }) {
  const models = useQuery(profiledModelsQuery);
  const places = new Map(
    models.data?.models.flatMap(({ deployments }) =>
      deployments.map(({ id, base_url, upstream_model }) => [
        id,
        `${hostOf(base_url)} · ${upstream_model}`,
      ]),
    ),
  );
  const { realised } = decision;
  return (
    <DataTable
      label="Attempts"
      rows={describeAttempts(decision)}
      rowKey={({ number }) => String(number)}
      isMarked={({ answered }) => answered}
      columns={[
        { key: 'number', header: '#', cell: ({ number }) => number, align: 'right', width: 50 },
        {
          key: 'model',
          header: 'Model',
          width: 230,
          cell: ({ model, answered }) =>
            answered ? <strong title="its answer was passed on">✓ {model}</strong> : model,
        },
        { key: 'step', header: 'Why it', cell: ({ step }) => step, width: 150 },
        {
          key: 'outcome',
          header: 'Came to',
          width: 270,
          cell: ({ outcome }) => <span title={outcome}>{outcome}</span>,
        },
        {
          key: 'status',
          header: 'Status',
          cell: ({ status }) => status ?? UNKNOWN,
          align: 'right',
          width: 80,
        },
        {
          key: 'ms',
          header: 'First byte',
          cell: ({ ms }) => formatMs(ms),
          align: 'right',
          width: 100,
        },
        {
          key: 'tokens',
          header: 'Tokens in, out',
          cell: ({ answered }) =>
            answered && realised !== undefined
              ? `${formatCount(realised.tokens.input)}, ${formatCount(realised.tokens.output)}`
              : UNKNOWN,
          align: 'right',
          width: 130,
        },
        {
          key: 'cost',
          header: 'Cost',
          cell: ({ answered }) => formatUsd(answered ? realised?.cost_usd : null),
          align: 'right',
          width: 100,
        },
        {
          key: 'deployment',
          header: 'Deployment',
          width: 250,
          cell: ({ deployment }) => (
            <span title={deployment}>{places.get(deployment) ?? deployment}</span>
          ),
        },
      ]}
    />
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
