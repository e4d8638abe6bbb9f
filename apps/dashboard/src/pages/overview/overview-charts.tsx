import type { OverviewView } from '@zerorouter/contracts';
import { ChartFrame, LegendEntry } from '../../charts/chart-frame.js';
import { ColumnChart } from '../../charts/column-chart.js';
import { LineChart } from '../../charts/line-chart.js';
import { Panel } from '../../components/panel.js';
import {
  formatCompact,
  formatCount,
  formatMs,
  formatPercent,
  formatPercentInterval,
  formatUsd,
} from '../../format/format.js';
import { BucketTable } from './bucket-table.js';
import { everyBucket } from './use-overview.js';
import type { Bucket } from './use-overview.js';

const HEIGHT = 220;

interface OverviewProps {
  overview: OverviewView;
}

export function TrafficPanel({ overview }: OverviewProps) {
  const most = Math.max(...overview.buckets.map(({ decisions }) => decisions));
  return (
    <Amounts
      title="Traffic"
      summary={`${formatCount(overview.total.decisions)} decisions, at most ${formatCount(most)} in ${formatMs(overview.bucket_s * 1_000)}.`}
      overview={overview}
      value={({ decisions }) => decisions}
      axis="decisions"
      format={formatCompact}
    />
  );
}

export function SpendPanel({ overview }: OverviewProps) {
  return (
    <Amounts
      title="Predicted spend"
      summary={`${formatUsd(overview.total.cost_usd)} over the ${formatCount(overview.total.priced)} decisions whose cost is known.`}
      overview={overview}
      value={({ cost_usd }) => cost_usd}
      axis="USD"
      format={formatUsd}
    />
  );
}

function Amounts(
  props: OverviewProps & {
    title: string;
    summary: string;
    value: (bucket: Bucket) => number;
    axis: string;
    format: (value: number) => string;
  },
) {
  const { overview, title, summary, value, axis, format } = props;
  const columns = everyBucket(overview).map(({ at, bucket }) => ({
    at,
    value: bucket === null ? 0 : value(bucket),
  }));
  return (
    <Panel title={title}>
      <ChartFrame
        title={title}
        summary={summary}
        height={HEIGHT}
        table={
          <BucketTable
            label={title}
            overview={overview}
            columns={[{ header: title, value: (bucket) => format(value(bucket)) }]}
          />
        }
      >
        {(size) => (
          <ColumnChart
            {...size}
            columns={columns}
            bucketMs={overview.bucket_s * 1_000}
            title={axis}
            format={format}
          />
        )}
      </ChartFrame>
    </Panel>
  );
}

export function QualityPanel({ overview }: OverviewProps) {
  const { total } = overview;
  const buckets = everyBucket(overview);
  const judged =
    total.realised_interval === null
      ? 'Nothing has been judged, so that only forecasts are shown.'
      : `Judged answers scored ${formatPercent(total.realised_accuracy)} (${formatPercentInterval(total.realised_interval)}); ${formatPercentInterval(total.judged_predicted_interval)} was to be expected of them.`;
  return (
    <Panel title="Quality, predicted and realised">
      <ChartFrame
        title="Quality, predicted and realised"
        summary={`${formatPercent(total.predicted_accuracy)} were forecast to be right. ${judged}`}
        height={HEIGHT}
        legend={
          <>
            <LegendEntry color="var(--zr-accent)">predicted</LegendEntry>
            {total.judged > 0 && (
              <LegendEntry color="var(--zr-chosen)">realised, with its 90% interval</LegendEntry>
            )}
          </>
        }
        table={
          <BucketTable
            label="Quality"
            overview={overview}
            columns={[
              { header: 'Predicted', value: (b) => formatPercent(b.predicted_accuracy) },
              { header: 'Realised', value: (b) => formatPercent(b.realised_accuracy) },
              { header: '90% interval', value: (b) => formatPercentInterval(b.realised_interval) },
              { header: 'Judged', value: (b) => formatCount(b.judged) },
            ]}
          />
        }
      >
        {(size) => (
          <LineChart
            {...size}
            title="share right"
            domain={[0, 1]}
            format={(share) => formatPercent(share, 0)}
            series={[
              {
                name: 'realised',
                color: 'var(--zr-chosen)',
                points: buckets.map(({ at, bucket }) => ({
                  at,
                  value: bucket?.realised_accuracy ?? null,
                  interval: bucket?.realised_interval ?? null,
                })),
              },
              {
                name: 'predicted',
                color: 'var(--zr-accent)',
                points: buckets.map(({ at, bucket }) => ({
                  at,
                  value: bucket?.predicted_accuracy ?? null,
                })),
              },
            ]}
          />
        )}
      </ChartFrame>
    </Panel>
  );
}

export function OverheadPanel({ overview }: OverviewProps) {
  const buckets = everyBucket(overview);
  const { overhead_ms } = overview.total;
  const series = (name: 'p50' | 'p99', color: string) => ({
    name,
    color,
    points: buckets.map(({ at, bucket }) => ({ at, value: bucket?.overhead_ms?.[name] ?? null })),
  });
  return (
    <Panel title="Overhead">
      <ChartFrame
        title="Overhead"
        summary={`From a request's arrival until its decision: median ${formatMs(overhead_ms?.p50)}, p99 ${formatMs(overhead_ms?.p99)}.`}
        height={HEIGHT}
        legend={
          <>
            <LegendEntry color="var(--zr-accent)">median</LegendEntry>
            <LegendEntry color="var(--zr-warn)">p99</LegendEntry>
          </>
        }
        table={
          <BucketTable
            label="Overhead"
            overview={overview}
            columns={[
              { header: 'Median', value: (bucket) => formatMs(bucket.overhead_ms?.p50) },
              { header: 'p99', value: (bucket) => formatMs(bucket.overhead_ms?.p99) },
            ]}
          />
        }
      >
        {(size) => (
          <LineChart
            {...size}
            title="ms"
            format={formatCompact}
            series={[series('p99', 'var(--zr-warn)'), series('p50', 'var(--zr-accent)')]}
          />
        )}
      </ChartFrame>
    </Panel>
  );
}
