import { scaleLinear, scaleLog } from 'd3-scale';
import { useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { BottomAxis, LeftAxis } from './axes.js';
import classes from './charts.module.css';
import { PlotTip } from './plot-tip.js';

export interface PlotPoint {
  key: string;
  x: number;
  y: number;
  /** A vertical line through the point. */
  interval?: readonly [number, number];
  color: string;
  /** Larger, in front, and with its label written beside it. */
  emphasis?: boolean;
  /** Drawn as a ring. */
  hollow?: boolean;
  shape?: 'circle' | 'diamond';
  label: string;
}

export interface PlotAxis {
  kind: 'linear' | 'log';
  title: string;
  format: (value: number) => string;
  domain?: readonly [number, number];
}

/** A character of a label is about this wide. */
const LABEL_CHAR_PX = 7.6;
const MARGIN = { top: 24, right: 24, bottom: 46, left: 54 };

/**
 * Points that tell more when they are pointed at or focused: one stop of the Tab key, then the arrow
 * keys from left to right. `say` is what a point is to a screen reader, `tip` what is shown beside it.
 */
export function ScatterPlot(props: {
  width: number;
  height: number;
  points: readonly PlotPoint[];
  x: PlotAxis;
  y: PlotAxis;
  /** Curves through the plot, in its coordinates. */
  lines?: readonly { color: string; points: readonly (readonly [number, number])[] }[];
  say: (point: PlotPoint) => string;
  tip: (point: PlotPoint) => ReactNode;
}) {
  const { width, height, points, say, tip, lines = [] } = props;
  const [active, setActive] = useState<string | null>(null);
  const [stop, setStop] = useState<string | null>(null);
  const x = scaleOf(
    props.x,
    points.map((point) => point.x),
    [MARGIN.left, width - MARGIN.right],
  );
  const y = scaleOf(
    props.y,
    points.map((point) => point.y),
    [height - MARGIN.bottom, MARGIN.top],
  );
  const inOrder = [...points].sort((a, b) => a.x - b.x);
  const back = [...points].sort(
    (a, b) => Number(a.emphasis ?? false) - Number(b.emphasis ?? false),
  );
  const tabStop = points.some(({ key }) => key === stop) ? stop : inOrder[0]?.key;
  const shown = points.find(({ key }) => key === active);

  const move = (event: KeyboardEvent<SVGGElement>, key: string) => {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (event.key === 'Escape') setActive(null);
    if (step === undefined) return;
    event.preventDefault();
    const next = inOrder[inOrder.findIndex((point) => point.key === key) + step];
    if (next === undefined) return;
    setStop(next.key);
    const mark = event.currentTarget.ownerSVGElement?.querySelector<SVGGElement>(
      `[data-key="${CSS.escape(next.key)}"]`,
    );
    mark?.focus();
  };

  return (
    <>
      <svg className={classes.plot} width={width} height={height}>
        <LeftAxis
          scale={y}
          ticks={y.ticks(5)}
          format={props.y.format}
          title={props.y.title}
          x={MARGIN.left}
          width={width - MARGIN.left - MARGIN.right}
        />
        <BottomAxis
          scale={x}
          ticks={ticksOf(props.x.kind, x.ticks(Math.max(2, Math.floor(width / 120))))}
          format={props.x.format}
          title={props.x.title}
          y={height - MARGIN.bottom}
          height={height - MARGIN.top - MARGIN.bottom}
        />
        {lines.map((line, i) => (
          <polyline
            key={i}
            className={classes.line}
            stroke={line.color}
            points={line.points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ')}
          />
        ))}
        {back.map((point) => (
          <g
            key={point.key}
            data-key={point.key}
            className={classes.mark}
            role="img"
            aria-label={say(point)}
            tabIndex={point.key === tabStop ? 0 : -1}
            onFocus={() => setActive(point.key)}
            onBlur={() => setActive(null)}
            onPointerEnter={() => setActive(point.key)}
            onPointerLeave={() => setActive(null)}
            onKeyDown={(event) => move(event, point.key)}
          >
            <Mark point={point} x={x(point.x)} y={y} isActive={point.key === active} />
          </g>
        ))}
        {back
          .filter(({ emphasis }) => emphasis === true)
          .map((point) => (
            <Label key={point.key} text={point.label} x={x(point.x)} y={y(point.y)} width={width} />
          ))}
      </svg>
      {shown !== undefined && (
        <PlotTip x={x(shown.x)} y={y(shown.y)} width={width}>
          {tip(shown)}
        </PlotTip>
      )}
    </>
  );
}

function Mark(props: {
  point: PlotPoint;
  x: number;
  y: (value: number) => number;
  isActive: boolean;
}) {
  const { point, x, y, isActive } = props;
  const { interval, color, hollow = false, emphasis = false, shape = 'circle' } = point;
  const r = emphasis ? 8 : isActive ? 7 : 4.5;
  const cy = y(point.y);
  const paint = hollow
    ? { fill: 'var(--zr-surface)', stroke: color, strokeWidth: 1.5 }
    : { fill: color, stroke: 'var(--zr-surface)', strokeWidth: 1 };
  return (
    <>
      {interval !== undefined && (
        <line
          x1={x}
          x2={x}
          y1={y(interval[0])}
          y2={y(interval[1])}
          stroke={color}
          strokeWidth={emphasis || isActive ? 3 : 1}
          opacity={emphasis || isActive ? 0.9 : 0.2}
        />
      )}
      {/* A larger target than what is drawn. */}
      <circle cx={x} cy={cy} r={11} fill="transparent" stroke="none" />
      {shape === 'diamond' ? (
        <path d={`M${x},${cy - r}L${x + r},${cy}L${x},${cy + r}L${x - r},${cy}Z`} {...paint} />
      ) : (
        <circle cx={x} cy={cy} r={r} {...paint} />
      )}
    </>
  );
}

function Label({ text, x, y, width }: { text: string; x: number; y: number; width: number }) {
  const atRight = x < width / 2;
  const room = Math.floor(((atRight ? width - x : x) - 18) / LABEL_CHAR_PX);
  return (
    <text
      className={classes.label}
      x={atRight ? x + 13 : x - 13}
      y={y}
      dy="0.35em"
      textAnchor={atRight ? 'start' : 'end'}
      aria-hidden
    >
      {text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text}
    </text>
  );
}

function scaleOf({ kind, domain }: PlotAxis, values: number[], range: [number, number]) {
  const known = values.filter(
    (value) => Number.isFinite(value) && (kind === 'linear' || value > 0),
  );
  const [low, high] = domain ?? [Math.min(...known, Infinity), Math.max(...known, -Infinity)];
  const safe: [number, number] =
    Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [1, 2];
  if (kind === 'log') return scaleLog([safe[0] / 1.4, safe[1] * 1.4], range);
  const pad = domain === undefined ? (safe[1] - safe[0] || 1) * 0.05 : 0;
  return scaleLinear([safe[0] - pad, safe[1] + pad], range);
}

/** Of a logarithmic scale powers of ten alone, where there are enough of them. */
function ticksOf(kind: PlotAxis['kind'], ticks: number[]): number[] {
  if (kind === 'linear') return ticks;
  const powers = ticks.filter(
    (tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9,
  );
  return powers.length >= 2 ? powers : ticks;
}
