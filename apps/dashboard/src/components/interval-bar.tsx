import { formatPercent, formatPercentInterval } from '../format/format.js';
import classes from './interval-bar.module.css';

/** A probability with its interval on a bar from 0 to 1; the words beside it say the same. */
export function IntervalBar(props: {
  value: number;
  interval: readonly [number, number] | null;
  /** Hides the words where the row says them already. */
  bare?: boolean;
}) {
  const { value, interval, bare = false } = props;
  const said = `${formatPercent(value)}${interval === null ? '' : `, 90% interval ${formatPercentInterval(interval)}`}`;
  return (
    <span className={classes.frame}>
      {!bare && <span className={classes.value}>{formatPercent(value)}</span>}
      <svg className={classes.bar} role="img" aria-label={said} preserveAspectRatio="none">
        <rect className={classes.track} x="0" y="40%" width="100%" height="20%" rx="2" />
        {interval !== null && (
          <rect
            className={classes.range}
            x={percent(interval[0])}
            y="30%"
            width={percent(interval[1] - interval[0])}
            height="40%"
            rx="3"
          />
        )}
        <circle className={classes.dot} cx={percent(value)} cy="50%" r="4.5" />
      </svg>
    </span>
  );
}

const percent = (share: number) => `${Math.min(1, Math.max(0, share)) * 100}%`;
