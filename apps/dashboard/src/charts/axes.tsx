import classes from './charts.module.css';

/** What an axis needs of a scale of d3. */
interface AxisScale {
  (value: number): number;
  range(): number[];
}

interface AxisProps {
  scale: AxisScale;
  ticks: readonly number[];
  format: (value: number) => string;
  title: string;
}

/** Ticks below the plot, grid lines through it. `y` and `height` are those of the plot's area. */
export function BottomAxis(props: AxisProps & { y: number; height: number }) {
  const { scale, ticks, format, title, y, height } = props;
  const [from = 0, to = 0] = scale.range();
  return (
    <g aria-hidden>
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(${scale(tick)},${y})`}>
          <line className={classes.grid} y2={-height} />
          <text className={classes.tick} y={18} textAnchor="middle">
            {format(tick)}
          </text>
        </g>
      ))}
      <text className={classes.axisTitle} x={(from + to) / 2} y={y + 38} textAnchor="middle">
        {title}
      </text>
    </g>
  );
}

/** Ticks at the left, the title above them. */
export function LeftAxis(props: AxisProps & { x: number; width: number }) {
  const { scale, ticks, format, title, x, width } = props;
  return (
    <g aria-hidden>
      {ticks.map((tick) => (
        <g key={tick} transform={`translate(${x},${scale(tick)})`}>
          <line className={classes.grid} x2={width} />
          <text className={classes.tick} x={-8} dy="0.32em" textAnchor="end">
            {format(tick)}
          </text>
        </g>
      ))}
      <text className={classes.axisTitle} x={0} y={12}>
        {title}
      </text>
    </g>
  );
}
