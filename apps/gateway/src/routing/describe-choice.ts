import type { RouteCandidate } from '@zerorouter/contracts';
import type { BudgetTerms } from '@zerorouter/database';

export interface Choice {
  chosen: RouteCandidate;
  /** Those that nothing excludes, best first; `chosen` is among them. */
  eligible: readonly RouteCandidate[];
  /** Candidates, the excluded ones too. */
  all: number;
  policy: string;
  budget: BudgetTerms | null;
  /** Probability with which it was drawn; null when it was not by exploration. */
  exploredWith: number | null;
}

/** One sentence for people: what was chosen, and what spoke for it. */
export function describeChoice({
  chosen,
  eligible,
  all,
  policy,
  budget,
  exploredWith,
}: Choice): string {
  const traits = [
    `P(correct) ${chosen.p_correct.toFixed(3)}`,
    chosen.cost_usd === null ? 'cost unknown' : `$${chosen.cost_usd.toPrecision(3)}`,
    chosen.latency_ms === null ? 'latency unknown' : `${Math.round(chosen.latency_ms)} ms`,
  ].join(', ');
  const field = `${eligible.length} eligible of ${all} models under ${policy}${budget === null ? '' : describeBudget(budget)}`;
  const [best, next] = eligible;
  if (exploredWith !== null)
    return `exploration: its profile is young, and its utility, ${chosen.utility!.toFixed(4)}, near the ${best!.utility!.toFixed(4)} of ${best!.model}; drawn with probability ${exploredWith.toPrecision(3)} from ${field}: ${traits}`;
  if (next === undefined) return `the only one of ${field}: ${traits}`;
  const lead = chosen.utility! - next.utility!;
  return lead < 0
    ? `cheaper than ${next.model}, whose utility is the same but for ${(-lead).toPrecision(1)}; ${field}: ${traits}`
    : `highest utility, ${chosen.utility!.toFixed(4)}, of ${field}: ${traits}; next ${next.model} with ${next.utility!.toFixed(4)}`;
}

function describeBudget({ price, leftUsd, endsAt }: BudgetTerms): string {
  return `, where $1 has to buy ${price.toPrecision(3)} of P(correct) and $${leftUsd.toPrecision(3)} are left until ${endsAt}`;
}
