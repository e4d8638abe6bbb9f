import type { RouteCandidate } from '@zerorouter/contracts';
import { ChartFrame, LegendEntry } from '../../charts/chart-frame.js';
import { ScatterPlot } from '../../charts/scatter-plot.js';
import type { PlotPoint } from '../../charts/scatter-plot.js';
import { formatMs, formatPercent, formatPercentInterval, formatUsd } from '../../format/format.js';
import { CandidateTable } from './candidate-table.js';

/** Cost against P(correct), with 90% intervals. */
export function CandidatePlot(props: { candidates: readonly RouteCandidate[]; chosen: string }) {
  const { candidates, chosen } = props;
  const byName = new Map(candidates.map((candidate) => [candidate.model, candidate]));
  const priced = candidates.filter(({ cost_usd }) => cost_usd !== null && cost_usd > 0);
  const unpriced = candidates.length - priced.length;
  const excluded = candidates.filter((candidate) => candidate.excluded !== undefined).length;
  const points = priced.map((candidate): PlotPoint => ({
    key: candidate.model,
    x: candidate.cost_usd ?? 0,
    y: candidate.p_correct,
    interval: candidate.interval,
    color: colorOf(candidate, chosen),
    emphasis: candidate.model === chosen,
    hollow: candidate.excluded !== undefined,
    label: candidate.model,
  }));
  return (
    <ChartFrame
      title="Candidates by cost and probability"
      summary={`${candidates.length} models by predicted cost and P(correct), each with its 90% interval${excluded > 0 ? `; ${excluded} excluded` : ''}${unpriced > 0 ? `; ${unpriced} without a price are in the table alone` : ''}.`}
      height={420}
      legend={
        <>
          <LegendEntry color="var(--zr-chosen)">chosen</LegendEntry>
          <LegendEntry color="var(--zr-accent)">eligible</LegendEntry>
          {excluded > 0 && <LegendEntry color="var(--zr-muted)">excluded</LegendEntry>}
        </>
      }
      table={<CandidateTable candidates={candidates} chosen={chosen} />}
    >
      {(size) => (
        <ScatterPlot
          {...size}
          points={points}
          x={{ kind: 'log', title: 'predicted cost of the call', format: formatUsd }}
          y={{
            kind: 'linear',
            title: 'P(correct)',
            format: (p) => formatPercent(p, 0),
            domain: [0, 1],
          }}
          say={({ key }) => describe(byName.get(key)!, chosen)}
          tip={({ key }) => <Tip candidate={byName.get(key)!} />}
        />
      )}
    </ChartFrame>
  );
}

function colorOf({ model, excluded }: RouteCandidate, chosen: string): string {
  if (model === chosen) return 'var(--zr-chosen)';
  return excluded === undefined ? 'var(--zr-accent)' : 'var(--zr-muted)';
}

function describe(candidate: RouteCandidate, chosen: string): string {
  const { model, p_correct, interval, cost_usd, latency_ms, excluded } = candidate;
  const end =
    excluded !== undefined ? `, excluded: ${excluded}` : model === chosen ? ', chosen' : '';
  return `${model}: ${formatPercent(p_correct)} correct, 90% interval ${formatPercentInterval(interval)}, ${formatUsd(cost_usd)}, ${formatMs(latency_ms)}${end}`;
}

function Tip({ candidate }: { candidate: RouteCandidate }) {
  const { model, p_correct, interval, cost_usd, latency_ms, excluded } = candidate;
  return (
    <>
      <b>{model}</b>
      <br />
      {formatPercent(p_correct)} correct ({formatPercentInterval(interval, 0)})
      <br />
      {formatUsd(cost_usd)} · {formatMs(latency_ms)}
      {excluded !== undefined && (
        <>
          <br />
          {excluded}
        </>
      )}
    </>
  );
}
