import type { OnboardingResult } from '@zerorouter/contracts';
import { scaleLinear } from 'd3-scale';
import { BottomAxis } from '../../charts/axes.js';
import { ChartFrame, LegendEntry } from '../../charts/chart-frame.js';
import { DataTable } from '../../components/data-table.js';
import { EmptyState } from '../../components/empty-state.js';
import { formatCount, formatPercent } from '../../format/format.js';
import classes from './domain-plot.module.css';

type Domains = OnboardingResult['domains'];

const ROW = 30;

/** Observed and implied accuracy of each domain, joined by a line: a long one is a misfit. */
export function DomainPlot({ domains }: { domains: Domains }) {
  if (domains.length === 0) return <EmptyState title="No anchor was answered" />;
  const height = domains.length * ROW + 30;
  const furthest = domains.reduce((a, b) => (distance(a) >= distance(b) ? a : b));
  return (
    <ChartFrame
      title="Accuracy by domain"
      summary={`${domains.length} ${domains.length === 1 ? 'domain' : 'domains'}. Observed and implied lie furthest apart in ${furthest.domain}: ${formatPercent(furthest.observed, 0)} against ${formatPercent(furthest.implied, 0)}, of ${furthest.answers} answers.`}
      height={height}
      legend={
        <>
          <LegendEntry color="var(--zr-accent)">observed</LegendEntry>
          <LegendEntry color="var(--zr-muted)">implied</LegendEntry>
        </>
      }
      table={<DomainTable domains={domains} />}
    >
      {({ width }) => {
        const left = Math.min(190, width * 0.42);
        const x = scaleLinear([0, 1], [left, width - 18]);
        return (
          <svg className={classes.plot} width={width} height={height} aria-hidden>
            <BottomAxis
              scale={x}
              ticks={width < 420 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]}
              format={(share) => formatPercent(share, 0)}
              title=""
              y={domains.length * ROW}
              height={domains.length * ROW}
            />
            {domains.map(({ domain, answers, observed, implied }, i) => (
              <g key={domain} transform={`translate(0,${(i + 0.5) * ROW})`}>
                <text className={classes.name} x={0} dy="0.32em">
                  {shorten(domain, left)} ({answers})
                </text>
                <line className={classes.gap} x1={x(observed)} x2={x(implied)} />
                <circle className={classes.implied} cx={x(implied)} r={5} />
                <circle className={classes.observed} cx={x(observed)} r={5} />
              </g>
            ))}
          </svg>
        );
      }}
    </ChartFrame>
  );
}

const distance = ({ observed, implied }: Domains[number]) => Math.abs(observed - implied);

/** About 7 pixels a character, and room for the count. */
function shorten(name: string, pixels: number): string {
  const most = Math.max(6, Math.floor(pixels / 7) - 6);
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
}

function DomainTable({ domains }: { domains: Domains }) {
  return (
    <DataTable
      label="Accuracy by domain"
      rows={domains}
      rowKey={({ domain }) => domain}
      columns={[
        { key: 'domain', header: 'Domain', cell: ({ domain }) => domain },
        {
          key: 'answers',
          header: 'Answers',
          cell: ({ answers }) => formatCount(answers),
          sortValue: ({ answers }) => answers,
          align: 'right',
          width: 90,
        },
        {
          key: 'observed',
          header: 'Observed',
          cell: ({ observed }) => formatPercent(observed),
          sortValue: ({ observed }) => observed,
          align: 'right',
          width: 100,
        },
        {
          key: 'implied',
          header: 'Implied',
          cell: ({ implied }) => formatPercent(implied),
          sortValue: ({ implied }) => implied,
          align: 'right',
          width: 100,
        },
      ]}
    />
  );
}
