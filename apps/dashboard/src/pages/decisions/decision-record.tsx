import { Code } from '@mantine/core';
import type { DecisionDetail } from '@zerorouter/contracts';
import { Facts } from '../../components/facts.js';
import {
  formatDateTime,
  formatMs,
  formatNumber,
  formatPercent,
  formatUsd,
} from '../../format/format.js';

/** The rest of what was written down, for whoever looks into it. */
export function DecisionRecord({ decision }: { decision: DecisionDetail }) {
  const { weights, constraints, budget, exploration } = decision;
  // The call has panels of its own.
  const { attempts: _, answered_by: __, ...request } = decision.request;
  return (
    <Facts
      rows={[
        ['Id', <Code key="id">{decision.decision_id}</Code>],
        ['Key', decision.key_id ?? 'made without a key'],
        ['Space', decision.space_version],
        [
          'Weights',
          `${formatNumber(weights.accuracy)} accuracy, ${formatNumber(weights.cost)} cost, ${formatNumber(weights.latency)} latency`,
        ],
        ...Object.entries(constraints).map(
          ([name, value]) =>
            [CONSTRAINTS[name]?.name ?? name, CONSTRAINTS[name]?.said(value) ?? value] as const,
        ),
        ...(budget === undefined
          ? []
          : ([
              [
                'Budget',
                `${formatUsd(budget.left_usd)} was left until ${formatDateTime(budget.period_ends_at)}; a dollar had to buy ${formatNumber(budget.price)}`,
              ],
            ] as const)),
        [
          'Propensity',
          `${formatPercent(decision.propensity)}${exploration === undefined ? '' : `, exploring at most ${formatPercent(exploration.share)} of the traffic`}`,
        ],
        ['Discrimination', decision.query.discrimination.map(formatNumber).join(', ')],
        ['SHA-256 of the text', <Code key="hash">{decision.text_hash}</Code>],
        ...Object.entries(request).map(
          ([name, value]) => [name.replaceAll('_', ' '), JSON.stringify(value)] as const,
        ),
      ]}
    />
  );
}

const CONSTRAINTS: Readonly<Record<string, { name: string; said: (value: number) => string }>> = {
  max_cost_usd: { name: 'A call', said: (usd) => `${formatUsd(usd)} at most` },
  max_latency_ms: { name: 'Latency', said: (ms) => `${formatMs(ms)} at most` },
  min_accuracy: { name: 'Accuracy', said: (share) => `${formatPercent(share)} at least` },
};
