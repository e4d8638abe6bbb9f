import { formatPercent } from '../../format/format.js';
import classes from './model-card.module.css';
import { DIFFICULTY_BANDS } from './traffic-facts.js';

/** Where a model is the best choice: its share of the decisions, by how hard their queries are. */
export function DifficultyBands({ shares }: { shares: readonly number[] }) {
  return (
    <ul className={classes.bands} aria-label="Share of recent decisions that chose it">
      {shares.map((share, i) => (
        <li key={DIFFICULTY_BANDS[i]} className={classes.band}>
          {formatPercent(share, 0)}
          <svg className={classes.bandBar} aria-hidden preserveAspectRatio="none">
            <rect width="100%" height="100%" rx="3" fill="var(--zr-grid)" />
            <rect width={`${share * 100}%`} height="100%" rx="3" fill="var(--zr-chosen)" />
          </svg>
          <span className={classes.bandName}>{DIFFICULTY_BANDS[i]}</span>
        </li>
      ))}
    </ul>
  );
}
