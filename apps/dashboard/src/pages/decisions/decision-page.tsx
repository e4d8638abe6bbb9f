import { Anchor, SimpleGrid, Stack, Text } from '@mantine/core';
import { decisionDetailSchema } from '@zerorouter/contracts';
import type { DecisionDetail } from '@zerorouter/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { get } from '../../api/client.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { Stat, StatRow } from '../../components/stat.js';
import {
  formatCount,
  formatDateTime,
  formatMs,
  formatNumber,
  formatPercent,
  formatPercentInterval,
  formatUsd,
} from '../../format/format.js';
import { AttemptsTable } from './attempts-table.js';
import { DecisionCall } from './decision-call.js';
import { DecisionCandidates } from './decision-candidates.js';
import { DecisionJudgements } from './decision-judgements.js';
import { DecisionRecord } from './decision-record.js';
import { ForecastTable } from './forecast-table.js';
import { ReplayButton } from './replay-button.js';

/** One decision: what was chosen, among what, why, what came of the call, and how good its answer was. */
export function DecisionPage() {
  const { id } = useParams({ from: '/decisions/$id' });
  const query = useQuery({
    queryKey: ['decisions', id],
    queryFn: ({ signal }) =>
      get(`/admin/v1/decisions/${encodeURIComponent(id)}`, decisionDetailSchema, { signal }),
  });
  return (
    <Stack>
      <Anchor component={Link} to="/decisions" size="sm">
        All decisions
      </Anchor>
      <QueryView query={query}>{(decision) => <Shown decision={decision} />}</QueryView>
    </Stack>
  );
}

function Shown({ decision }: { decision: DecisionDetail }) {
  const chosen = decision.candidates.find(({ model }) => model === decision.model);
  return (
    <Stack>
      <PageHeader
        title={decision.model}
        about={`${decision.reason}. ${formatDateTime(decision.created_at)}, policy ${decision.policy}.`}
        actions={<ReplayButton id={decision.decision_id} />}
      />
      <StatRow>
        <Stat
          label="P(correct)"
          value={formatPercent(chosen?.p_correct)}
          note={`90% interval ${formatPercentInterval(chosen?.interval ?? null)}`}
        />
        <Stat label="Predicted cost" value={formatUsd(chosen?.cost_usd)} />
        <Stat
          label="Predicted latency"
          value={formatMs(chosen?.latency_ms)}
          note={`${formatCount(chosen?.output_tokens)} tokens out`}
        />
        <Stat
          label="Difficulty"
          value={formatNumber(decision.query.difficulty)}
          note={`${formatPercent(decision.query.in_domain, 0)} in domain, ${formatCount(decision.query.tokens)} tokens in`}
        />
        <Stat label="Overhead" value={formatMs(decision.overhead_ms)} />
      </StatRow>
      {decision.request.attempts !== undefined && (
        <Panel title="Attempts" about={sayWhoAnswered(decision)}>
          <AttemptsTable decision={decision} />
        </Panel>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Panel title="Predicted and realised">
          <DecisionCall decision={decision} />
        </Panel>
        <Panel title="Feedback and grades">
          <DecisionJudgements decision={decision} />
        </Panel>
      </SimpleGrid>
      <Panel
        title="Candidates"
        about="By utility: accuracy less what cost and latency weigh; then the excluded ones."
      >
        <DecisionCandidates decision={decision} />
      </Panel>
      <Panel title="How each forecast came about" about={decision.explanation?.formula}>
        {decision.explanation === null ? (
          <Text>A profile or the space of that time is gone: it cannot be explained any more.</Text>
        ) : (
          <ForecastTable explanation={decision.explanation} chosen={decision.model} />
        )}
      </Panel>
      <Panel title="Record">
        <DecisionRecord decision={decision} />
      </Panel>
    </Stack>
  );
}

function sayWhoAnswered({ model, request }: DecisionDetail): string {
  const answered = request.answered_by;
  if (answered == null) return 'Nobody’s answer was passed on.';
  return answered === model
    ? `${answered}, which was chosen, answered.`
    : `${answered} answered in the place of ${model}, which was chosen.`;
}
