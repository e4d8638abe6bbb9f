import { scaleLinear } from 'd3-scale';
import { BottomAxis } from '../../charts/axes.js';
import { ChartFrame } from '../../charts/chart-frame.js';
import { formatNumber } from '../../format/format.js';
import classes from './ability-axes.module.css';
import type { Estimate } from './model-facts.js';

const ROW = 26;
const LEFT = 56;

/** Ability on each latent axis with its interval; 0 is the typical model. */
export function AbilityAxes({ axes }: { axes: readonly Estimate[] }) {
  const ends = axes.flatMap(({ interval }) => interval);
  const height = axes.length * ROW + 44;
  const summary = `Ability on ${axes.length} latent ${axes.length === 1 ? 'axis' : 'axes'}: ${axes
    .map(({ value }) => formatNumber(value))
    .join(', ')}. 0 is the typical model; a bar is a 90% interval.`;
  return (
    <ChartFrame
      title="Ability by latent axis"
      summary={summary}
      height={height}
      table={<AxesTable axes={axes} />}
    >
      {({ width }) => {
        const x = scaleLinear(
          [Math.min(0, ...ends), Math.max(0, ...ends)],
          [LEFT, width - 16],
        ).nice(4);
        return (
          <svg className={classes.plot} width={width} height={height} aria-hidden>
            <BottomAxis
              scale={x}
              ticks={x.ticks(Math.max(2, Math.floor(width / 90)))}
              format={formatNumber}
              title=""
              y={axes.length * ROW}
              height={axes.length * ROW}
            />
            <line className={classes.zero} x1={x(0)} x2={x(0)} y2={axes.length * ROW} />
            {axes.map(({ value, interval }, k) => (
              <g key={k} transform={`translate(0,${(k + 0.5) * ROW})`}>
                <text className={classes.name} x={0} dy="0.32em">
                  axis {k + 1}
                </text>
                <rect
                  className={classes.range}
                  x={x(interval[0])}
                  y={-5}
                  width={Math.max(1, x(interval[1]) - x(interval[0]))}
                  height={10}
                  rx={5}
                />
                <circle className={classes.value} cx={x(value)} r={5} />
              </g>
            ))}
          </svg>
        );
      }}
    </ChartFrame>
  );
}

function AxesTable({ axes }: { axes: readonly Estimate[] }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Axis</th>
          <th scope="col">Ability</th>
          <th scope="col">90% interval</th>
        </tr>
      </thead>
      <tbody>
        {axes.map(({ value, interval }, k) => (
          <tr key={k}>
            <th scope="row">{k + 1}</th>
            <td>{formatNumber(value)}</td>
            <td>{interval.map(formatNumber).join(' to ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
