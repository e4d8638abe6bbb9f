import type { ReactNode } from 'react';
import classes from './charts.module.css';

export interface Bar {
  name: string;
  /** In [0, 1], of the whole width. */
  share: number;
  said: ReactNode;
}

/** Shares as bars with their names and figures: a list that reads well without the bars too. */
export function BarList({ label, bars }: { label: string; bars: readonly Bar[] }) {
  return (
    <ul className={classes.bars} aria-label={label}>
      {bars.map(({ name, share, said }) => (
        <li key={name} className={classes.barRow}>
          <span className={classes.barName} title={name}>
            {name}
          </span>
          <span className={classes.barValue}>{said}</span>
          <svg className={classes.barTrack} aria-hidden preserveAspectRatio="none">
            <rect width="100%" height="100%" rx="4" fill="var(--zr-grid)" />
            <rect width={`${share * 100}%`} height="100%" rx="4" fill="var(--zr-accent)" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
