import { scaleLinear, scaleUtc } from 'd3-scale';
import { area, line } from 'd3-shape';
import { BottomAxis, LeftAxis } from './axes.js';
import classes from './charts.module.css';

export interface TimePoint {
  /** ms since the epoch. */
  at: number;
  /** Null leaves a gap. */
  value: number | null;
  /** Drawn as a band behind the line. */
  interval?: readonly [number, number] | null;
}

export interface Series {
  name: string;
  color: string;
  points: readonly TimePoint[];
}

const MARGIN = { top: 22, right: 14, bottom: 28, left: 56 };

/** Lines over time, from zero unless `domain` says otherwise. */
export function LineChart(props: {
  width: number;
  height: number;
  series: readonly Series[];
  format: (value: number) => string;
  title: string;
  domain?: readonly [number, number];
}) {
  const { width, height, series, format, title } = props;
  const all = series.flatMap(({ points }) => points);
  const times = all.map(({ at }) => at);
  const values = all.flatMap(({ value, interval }) => [value ?? 0, interval?.[1] ?? 0]);
  const x = scaleUtc([Math.min(...times), Math.max(...times)], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear(props.domain ?? [0, Math.max(...values) || 1], [
    height - MARGIN.bottom,
    MARGIN.top,
  ]).nice(4);
  const tickCount = Math.max(2, Math.floor(width / 110));
  const tickFormat = x.tickFormat(tickCount);
  const path = line<TimePoint>()
    .defined(({ value }) => value !== null)
    .x(({ at }) => x(at))
    .y(({ value }) => y(value ?? 0));
  const band = area<TimePoint>()
    .defined(({ interval }) => interval != null)
    .x(({ at }) => x(at))
    .y0(({ interval }) => y(interval?.[0] ?? 0))
    .y1(({ interval }) => y(interval?.[1] ?? 0));
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
      {series.map(({ name, color, points }) => (
        <g key={name}>
          <path className={classes.band} d={band(points) ?? undefined} fill={color} />
          <path className={classes.line} d={path(points) ?? undefined} stroke={color} />
          {points
            .filter(({ value }, i) => value !== null && isLonely(points, i))
            .map(({ at, value, interval }) => (
              <g key={at} stroke={color}>
                {interval != null && (
                  <line
                    x1={x(at)}
                    x2={x(at)}
                    y1={y(interval[0])}
                    y2={y(interval[1])}
                    opacity={0.5}
                    strokeWidth={2}
                  />
                )}
                <circle cx={x(at)} cy={y(value ?? 0)} r={3} fill={color} />
              </g>
            ))}
        </g>
      ))}
    </svg>
  );
}

/** A point between gaps is no line: it is drawn as a dot. */
function isLonely(points: readonly TimePoint[], i: number): boolean {
  return points[i - 1]?.value == null && points[i + 1]?.value == null;
}
