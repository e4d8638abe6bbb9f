import { scaleLinear, scaleUtc } from 'd3-scale';
import { BottomAxis, LeftAxis } from './axes.js';
import classes from './charts.module.css';

const MARGIN = { top: 22, right: 14, bottom: 28, left: 56 };

/** An amount for every bucket of time, from zero. */
export function ColumnChart(props: {
  width: number;
  height: number;
  /** Starts of the buckets, ms since the epoch, evenly spaced. */
  columns: readonly { at: number; value: number }[];
  bucketMs: number;
  title: string;
  format: (value: number) => string;
}) {
  const { width, height, columns, bucketMs, title, format } = props;
  const [from, to] = [columns[0]?.at ?? 0, (columns.at(-1)?.at ?? 0) + bucketMs];
  const x = scaleUtc([from, to], [MARGIN.left, width - MARGIN.right]);
  const most = Math.max(...columns.map(({ value }) => value));
  const y = scaleLinear([0, most || 1], [height - MARGIN.bottom, MARGIN.top]).nice(4);
  const tickCount = Math.max(2, Math.floor(width / 110));
  const tickFormat = x.tickFormat(tickCount);
  const gap = Math.min(2, (x(from + bucketMs) - x(from)) * 0.2);
  return (
    <svg className={classes.plot} width={width} height={height} aria-hidden>
      <LeftAxis
        scale={y}
        ticks={y.ticks(4)}
        format={format}
        title={title}
        x={MARGIN.left}
        width={width - MARGIN.left - MARGIN.right}
      />
      <BottomAxis
        scale={x}
        ticks={x.ticks(tickCount).map(Number)}
        format={(at) => tickFormat(new Date(at))}
        title=""
        y={height - MARGIN.bottom}
        height={height - MARGIN.top - MARGIN.bottom}
      />
      {columns.map(({ at, value }) => (
        <rect
          key={at}
          x={x(at) + gap / 2}
          width={Math.max(1, x(at + bucketMs) - x(at) - gap)}
          y={y(value)}
          height={y(0) - y(value)}
          rx={2}
          fill="var(--zr-accent)"
        />
      ))}
    </svg>
  );
}
