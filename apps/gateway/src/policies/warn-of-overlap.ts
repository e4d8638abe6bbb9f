import type { Overlap } from '@zerorouter/learning';

/** Fewer effective decisions leave an interval that the central limit theorem does not speak of. */
const FEWEST = 30;
/** Less of the candidate's choices in the log, and the rest is predictions. */
const LEAST_MEAN_WEIGHT = 0.8;

const REMEDY =
  'EXPLORATION_SHARE above 0 makes later logs tell more; a roll-out to a share of the traffic measures it';

/** What the estimates of a candidate cannot carry, in plain words; null when nothing speaks against them. */
export function warnOfOverlap(overlap: Overlap): string | null {
  const { decisions, effectiveSampleSize: effective, meanWeight, agreement, certain } = overlap;
  if (decisions === 0)
    return 'no judged decision could be used: POST /v1/feedback or /admin/v1/labels judges answers';
  const said: string[] = [];
  if (effective < FEWEST)
    said.push(
      `the log tells of the candidate as much as ${round(effective)} decisions of its own would: at least ${FEWEST} are needed for the intervals to mean what they say`,
    );
  if (meanWeight < LEAST_MEAN_WEIGHT)
    said.push(
      `of what the candidate would choose, the log could contain about ${percent(meanWeight)}: self_normalised speaks of that part alone, and doubly_robust rests on predictions for the rest, whose error its interval does not know`,
    );
  if (certain === 1 && agreement < 1)
    said.push(
      'every decision of the log was certain, so where the candidate differs nothing was observed',
    );
  return said.length === 0 ? null : `${said.join('; ')}. ${REMEDY}`;
}

function round(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function percent(share: number): string {
  return `${(100 * Math.min(1, share)).toFixed(0)}%`;
}
