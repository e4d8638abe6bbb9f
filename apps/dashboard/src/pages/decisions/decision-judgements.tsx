import { List, Stack } from '@mantine/core';
import type { DecisionDetail } from '@zerorouter/contracts';
import { EmptyState } from '../../components/empty-state.js';
import { StateBadge } from '../../components/state-badge.js';
import { formatDateTime, formatPercent } from '../../format/format.js';

/** What others said of the answer: feedback of its caller, grades of administrators. */
export function DecisionJudgements({ decision }: { decision: DecisionDetail }) {
  const { feedback, labels } = decision;
  if (feedback.length + labels.length === 0)
    return (
      <EmptyState title="Nobody has judged its answer">
        POST /v1/feedback with this decision’s id, or grade it under Labels.
      </EmptyState>
    );
  return (
    <Stack>
      <List spacing="xs" size="sm">
        {feedback.map(({ id, source, score, state, created_at }) => (
          <List.Item key={id}>
            {source}: {formatPercent(score, 0)} right, {formatDateTime(created_at)}{' '}
            <StateBadge state={state} />
          </List.Item>
        ))}
        {labels.map(({ id, model, score, created_at }) => (
          <List.Item key={id}>
            A grade of {model}: {formatPercent(score, 0)} right, {formatDateTime(created_at)}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
