import classes from './state-badge.module.css';

type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'plain';

/** Of models, runs, batches, spaces, feedback, calls; a state that is not here is plain. */
const TONES: Readonly<Record<string, Tone>> = {
  active: 'good',
  succeeded: 'good',
  completed: 'good',
  complete: 'good',
  learned: 'good',
  profiling: 'busy',
  running: 'busy',
  predicting: 'busy',
  optimizing: 'busy',
  queued: 'busy',
  pending: 'busy',
  shadow: 'warn',
  quarantined: 'warn',
  cancelled: 'warn',
  aborted: 'warn',
  refused: 'warn',
  failed: 'bad',
  broken: 'bad',
  revoked: 'bad',
};

/** A state in a word; the colour only repeats it. */
export function StateBadge({ state }: { state: string }) {
  return (
    <span className={classes.badge} data-tone={TONES[state] ?? 'plain'}>
      {state}
    </span>
  );
}
