import type { SimulateResponse } from '@zerorouter/contracts';
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { BottomAxis, LeftAxis } from '../../charts/axes.js';
import { ChartFrame, LegendEntry } from '../../charts/chart-frame.js';
import { DataTable } from '../../components/data-table.js';
import { formatNumber, formatPercent, formatUsd } from '../../format/format.js';
import classes from './frontier-plot.module.css';
import { frontierSummary, operatingPoint, perThousand } from './frontier.js';
import type { FrontierPoint } from './frontier.js';

const HEIGHT = 300;
const MARGIN = { top: 22, right: 16, bottom: 46, left: 52 };
/** From here on a linear axis would press the cheap end into its corner. */
const LOG_FROM_RATIO = 12;

/** Both frontiers, and where the policies in force stand on them. */
export function FrontierPlot(props: {
  result: SimulateResponse;
  today: SimulateResponse | null;
  changed: boolean;
}) {
  const { result, today, changed } = props;
  const before = today === null ? [] : perThousand(today.frontier, today.decisions);
  const after = changed ? perThousand(result.frontier, result.decisions) : [];
  const nowAt = operatingPoint(result.baseline, result.decisions);
  const thenAt = changed ? operatingPoint(result.scenario, result.decisions) : null;
  const marks = [nowAt, thenAt].filter((point) => point !== null);
  const all = [...before, ...after, ...marks];
  return (
    <ChartFrame
      title="Accuracy against cost"
      summary={frontierSummary(before, after)}
      height={HEIGHT}
      legend={
        <>
          <LegendEntry color="var(--zr-muted)">today</LegendEntry>
          {changed && <LegendEntry color="var(--zr-accent)">with the changes</LegendEntry>}
        </>
      }
      table={<FrontierTable before={before} after={after} />}
    >
      {({ width }) => {
        const costs = all.map(({ costUsd }) => costUsd);
        const range: [number, number] = [MARGIN.left, width - MARGIN.right];
        const [low, high] = [Math.min(...costs), Math.max(...costs)];
        const x =
          low > 0 && high / low > LOG_FROM_RATIO
            ? scaleLog([low * 0.9, high * 1.1], range)
            : scaleLinear([0, high || 1], range).nice(4);
        const accuracies = all.map(({ accuracy }) => accuracy);
        const y = scaleLinear(
          [
            Math.max(0, Math.min(...accuracies) - 0.02),
            Math.min(1, Math.max(...accuracies) + 0.02),
          ],
          [HEIGHT - MARGIN.bottom, MARGIN.top],
        ).nice(4);
        const path = line<FrontierPoint>()
          .x(({ costUsd }) => x(costUsd))
          .y(({ accuracy }) => y(accuracy));
        return (
          <svg className={classes.plot} width={width} height={HEIGHT} aria-hidden>
            <LeftAxis
              scale={y}
              ticks={y.ticks(4)}
              format={(share) => formatPercent(share, 0)}
              title="expected accuracy"
              x={MARGIN.left}
              width={width - MARGIN.left - MARGIN.right}
            />
            <BottomAxis
              scale={x}
              ticks={thinOut(x.ticks(5), (tick) => x(tick))}
              format={formatUsd}
              title="per 1,000 queries"
              y={HEIGHT - MARGIN.bottom}
              height={HEIGHT - MARGIN.top - MARGIN.bottom}
            />
            <path className={classes.before} d={path(before) ?? undefined} />
            <path className={classes.after} d={path(after) ?? undefined} />
            <Marks points={before} x={x} y={y} className={classes.beforeDot} />
            <Marks points={after} x={x} y={y} className={classes.afterDot} />
            {nowAt !== null && (
              <circle
                className={classes.nowAt}
                cx={x(nowAt.costUsd)}
                cy={y(nowAt.accuracy)}
                r={7}
              />
            )}
            {thenAt !== null && (
              <circle
                className={classes.thenAt}
                cx={x(thenAt.costUsd)}
                cy={y(thenAt.accuracy)}
                r={7}
              />
            )}
          </svg>
        );
      }}
    </ChartFrame>
  );
}

const TICK_PX = 64;

/** A logarithmic axis offers more ticks than there is room for. */
function thinOut(ticks: readonly number[], at: (tick: number) => number): number[] {
  const kept: number[] = [];
  for (const tick of ticks)
    if (kept.length === 0 || at(tick) - at(kept.at(-1)!) >= TICK_PX) kept.push(tick);
  return kept;
}

function Marks(props: {
  points: readonly FrontierPoint[];
  x: (value: number) => number;
  y: (value: number) => number;
  className: string | undefined;
}) {
  const { points, x, y, className } = props;
  return points.map(({ dial, costUsd, accuracy }) => (
    <circle key={dial} className={className} cx={x(costUsd)} cy={y(accuracy)} r={3} />
  ));
}

function FrontierTable(props: {
  before: readonly FrontierPoint[];
  after: readonly FrontierPoint[];
}) {
  const rows = [
    ...props.before.map((point) => ({ ...point, when: 'today' })),
    ...props.after.map((point) => ({ ...point, when: 'with the changes' })),
  ];
  return (
    <DataTable
      label="Accuracy against cost"
      rows={rows}
      rowKey={({ when, dial }) => `${when} ${dial}`}
      maxHeight={HEIGHT}
      columns={[
        { key: 'when', header: 'When', cell: ({ when }) => when },
        {
          key: 'dial',
          header: 'Dial',
          cell: ({ dial }) => formatNumber(dial),
          align: 'right',
          width: 80,
        },
        {
          key: 'accuracy',
          header: 'Accuracy',
          cell: ({ accuracy }) => formatPercent(accuracy),
          align: 'right',
          width: 100,
        },
        {
          key: 'cost',
          header: 'USD per 1,000',
          cell: ({ costUsd }) => formatUsd(costUsd),
          align: 'right',
          width: 120,
        },
      ]}
    />
  );
}
