import { randomHex } from '@zerorouter/platform';

/**
 * `dec_` and 32 hex digits: 12 of the time in ms, so that ids sort by age and sit together in the
 * index, and 20 at random.
 */
export function newDecisionId(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  return `dec_${time}${randomHex(20)}`;
}
