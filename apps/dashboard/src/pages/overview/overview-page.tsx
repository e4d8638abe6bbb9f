import { Anchor, SegmentedControl, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { OverviewView } from '@zerorouter/contracts';
import { useState } from 'react';
import { BarList } from '../../charts/bar-list.js';
import { EmptyState } from '../../components/empty-state.js';
import { PageHeader } from '../../components/page-header.js';
import { Panel } from '../../components/panel.js';
import { QueryView } from '../../components/query-view.js';
import { Stat, StatRow } from '../../components/stat.js';
import {
  formatCount,
  formatMs,
  formatPercent,
  formatPercentInterval,
  formatUsd,
} from '../../format/format.js';
import { AlertsPanel } from './alerts-panel.js';
import classes from './overview-page.module.css';
import { OverheadPanel, QualityPanel, SpendPanel, TrafficPanel } from './overview-charts.js';
import { SavingsStat } from './savings-stat.js';
import { PERIODS, useOverview } from './use-overview.js';
import type { PeriodName } from './use-overview.js';

const SHOWN_MODELS = 10;

export function OverviewPage() {
  const [period, setPeriod] = useState<PeriodName>('day');
  const query = useOverview(period);
  return (
    <>
      <PageHeader
        title="Overview"
        about="What was asked, where it went, what it cost and how good it was."
        actions={
          <SegmentedControl
            aria-label="Period"
            size="sm"
            value={period}
            onChange={(value) => setPeriod(value)}
            data={PERIODS.map(({ value, label }) => ({ value, label }))}
          />
        }
      />
      <QueryView query={query}>
        {(overview) => (
          <Stack>
            <Figures overview={overview} period={period} />
            <AlertsPanel />
            {overview.total.decisions === 0 ? (
              <Panel>
                <EmptyState title="Nothing was asked in this period">
                  Try one in the{' '}
                  <Anchor component={Link} to="/playground" underline="always">
                    playground
                  </Anchor>
                  , or send <code>POST /v1/route</code>: it appears here at once.
                </EmptyState>
              </Panel>
            ) : (
              <div className={classes.grid}>
                <TrafficPanel overview={overview} />
                <QualityPanel overview={overview} />
                <SpendPanel overview={overview} />
                <OverheadPanel overview={overview} />
                <div className={classes.wide}>
                  <ModelsPanel overview={overview} />
                </div>
              </div>
            )}
          </Stack>
        )}
      </QueryView>
    </>
  );
}

function Figures({ overview: { total }, period }: { overview: OverviewView; period: PeriodName }) {
  const { decisions, priced, judged, realised_interval, overhead_ms } = total;
  return (
    <StatRow>
      <Stat label="Decisions" value={formatCount(decisions)} />
      <Stat
        label="Predicted spend"
        value={formatUsd(priced === 0 ? null : total.cost_usd)}
        note={priced < decisions ? `known for ${formatCount(priced)}` : undefined}
      />
      <SavingsStat period={period} />
      <Stat
        label="Predicted quality"
        value={formatPercent(total.predicted_accuracy)}
        note="mean P(correct) of the chosen"
      />
      <Stat
        label="Realised quality"
        value={formatPercent(total.realised_accuracy)}
        note={
          realised_interval === null
            ? 'nothing was judged'
            : `${formatPercentInterval(realised_interval)}, ${formatCount(judged)} judged`
        }
      />
      <Stat
        label="Overhead, median"
        value={formatMs(overhead_ms?.p50)}
        note={overhead_ms === null ? undefined : `p99 ${formatMs(overhead_ms.p99)}`}
      />
    </StatRow>
  );
}

function ModelsPanel({ overview: { models, total } }: { overview: OverviewView }) {
  const shown = models.slice(0, SHOWN_MODELS);
  const rest = models.slice(SHOWN_MODELS).reduce((sum, { decisions }) => sum + decisions, 0);
  const bars = [
    ...shown.map(({ model, decisions, cost_usd, priced }) => ({
      name: model,
      share: decisions / total.decisions,
      said: `${formatPercent(decisions / total.decisions)} · ${formatUsd(priced === 0 ? null : cost_usd)}`,
    })),
    ...(rest > 0
      ? [
          {
            name: `${models.length - SHOWN_MODELS} more`,
            share: rest / total.decisions,
            said: formatPercent(rest / total.decisions),
          },
        ]
      : []),
  ];
  return (
    <Panel title="Share by model" about="Of the decisions, with the predicted spend">
      <BarList label="Share by model" bars={bars} />
    </Panel>
  );
}
