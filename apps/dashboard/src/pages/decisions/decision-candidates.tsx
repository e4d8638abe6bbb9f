import type { DecisionDetail } from '@zerorouter/contracts';
import { DataTable } from '../../components/data-table.js';
import { IntervalBar } from '../../components/interval-bar.js';
import { formatMs, formatNumber, formatUsd } from '../../format/format.js';

/** All that were considered, the excluded ones with their reason. */
export function DecisionCandidates({ decision }: { decision: DecisionDetail }) {
  const terms = new Map(
    decision.explanation?.candidates.map(({ model, utility_terms }) => [model, utility_terms]),
  );
  return (
    <DataTable
      label="Candidates"
      rows={decision.candidates}
      rowKey={({ model }) => model}
      isMarked={({ model }) => model === decision.model}
      maxHeight={420}
      columns={[
        {
          key: 'model',
          header: 'Model',
          width: 250,
          cell: ({ model }) =>
            model === decision.model ? <strong title="chosen">✓ {model}</strong> : model,
        },
        {
          key: 'p',
          header: 'P(correct)',
          width: 220,
          cell: ({ p_correct, interval }) => <IntervalBar value={p_correct} interval={interval} />,
          sortValue: ({ p_correct }) => p_correct,
        },
        {
          key: 'cost',
          header: 'Cost',
          cell: ({ cost_usd }) => formatUsd(cost_usd),
          sortValue: ({ cost_usd }) => cost_usd,
          align: 'right',
          width: 110,
        },
        {
          key: 'latency',
          header: 'Latency',
          cell: ({ latency_ms }) => formatMs(latency_ms),
          sortValue: ({ latency_ms }) => latency_ms,
          align: 'right',
          width: 100,
        },
        {
          key: 'utility',
          header: 'Utility',
          cell: ({ utility }) => formatNumber(utility),
          sortValue: ({ utility }) => utility,
          align: 'right',
          width: 100,
        },
        {
          key: 'terms',
          header: 'Accuracy, cost, latency',
          width: 210,
          cell: ({ model }) => {
            const own = terms.get(model);
            return own == null
              ? ''
              : [own.accuracy, own.cost, own.latency].map(formatNumber).join(', ');
          },
        },
        {
          key: 'excluded',
          header: 'Excluded',
          width: 260,
          cell: ({ excluded }) => <span title={excluded}>{excluded ?? ''}</span>,
        },
      ]}
    />
  );
}
