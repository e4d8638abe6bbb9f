import type { OnboardingResult } from '@zerorouter/contracts';

type Judged = Pick<OnboardingResult, 'anchors' | 'failure_rate' | 'misfit'>;

/** Hold-outs as far off as this by chance come once in a hundred onboardings. */
const LEAST_P_VALUE = 0.01;
const HIGHEST_FAILURE_RATE = 0.2;
const HIGHEST_UNGRADABLE_SHARE = 0.3;

/** Why a measured model should wait for a person's look before it takes traffic; null = nothing speaks against it. */
export function holdReason({ anchors, failure_rate, misfit }: Judged): string | null {
  const reasons: string[] = [];
  const ungradable = anchors.answered === 0 ? 0 : anchors.ungradable / anchors.answered;
  if (failure_rate > HIGHEST_FAILURE_RATE)
    reasons.push(
      `${anchors.failed} of ${anchors.asked} anchors brought no answer (${percent(failure_rate)}, more than ${percent(HIGHEST_FAILURE_RATE)}): see "failures"`,
    );
  else if (anchors.answered === 0)
    reasons.push('it has answered no anchor: its ability is what its metadata tell');
  if (ungradable > HIGHEST_UNGRADABLE_SHARE)
    reasons.push(
      `${anchors.ungradable} of ${anchors.answered} answers could not be graded (${percent(ungradable)}, more than ${percent(HIGHEST_UNGRADABLE_SHARE)}): empty, refused or out of form`,
    );
  if (misfit !== null && misfit.p_value < LEAST_P_VALUE)
    reasons.push(
      `${misfit.held_out} random hold-outs scored ${percent(misfit.observed)} where the other answers imply ${percent(misfit.implied)} (p = ${misfit.p_value.toPrecision(2)}): its ability may not hold for other queries`,
    );
  return reasons.length === 0 ? null : reasons.join('; ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)}%`;
}
