import { createHash } from 'node:crypto';
import type { RouteResponse } from '@zerorouter/contracts';

type Candidates = RouteResponse['candidates'];

const NUMBERS = 7;
/** Stands for null: no candidate's number is infinite. */
const NONE = Infinity;

/**
 * Hex SHA-256 of candidates in their order, every number to its last bit. The stored ones are cut to
 * 6 digits; by this, candidates that were computed anew are known to be those that were decided on.
 */
export function hashCandidates(candidates: Candidates): string {
  const numbers = new Float64Array(NUMBERS * candidates.length);
  const texts: string[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const { interval, cost_usd, latency_ms, output_tokens, utility } = candidate;
    // One by one: a list of them for each candidate would be what most of this costs.
    const at = NUMBERS * i;
    numbers[at] = candidate.p_correct;
    numbers[at + 1] = interval[0];
    numbers[at + 2] = interval[1];
    numbers[at + 3] = cost_usd ?? NONE;
    numbers[at + 4] = latency_ms ?? NONE;
    numbers[at + 5] = output_tokens ?? NONE;
    numbers[at + 6] = utility ?? NONE;
    texts.push(candidate.model, candidate.excluded ?? '');
  }
  return createHash('sha256')
    .update(new Uint8Array(numbers.buffer))
    .update(JSON.stringify(texts))
    .digest('hex');
}
