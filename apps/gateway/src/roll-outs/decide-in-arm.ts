import { isDomainError } from '@zerorouter/contracts';
import type { ArmPolicy, RollOutTerms } from '@zerorouter/database';
import type { HardConstraints } from '@zerorouter/optimizer';
import { decideRoute } from '../routing/decide-route.js';
import type { RouteAnswer, RouteQuestion } from '../routing/decide-route.js';
import type { Placement } from './place-in-roll-out.js';

export interface ArmDecision {
  readonly answer: RouteAnswer;
  /** What was decided in the end. */
  readonly asked: RouteQuestion;
  readonly terms: RollOutTerms;
}

/**
 * Decides a request as its arm of a roll-out does. Its propensity is that of the policy as a whole, which follows
 * the candidate with the probability of its share. Where the candidate finds nothing eligible, the control decides.
 * @param constraintsUnder what holds of the request under a policy with such constraints.
 * @throws DomainError as decideRoute() of the control.
 */
export function decideInArm(
  question: RouteQuestion,
  { rollOut, arm, unit }: Placement,
  constraintsUnder: (own: HardConstraints) => HardConstraints,
): ArmDecision {
  const { id, share, control, candidate } = rollOut;
  const under = ({ weights, constraints }: ArmPolicy, explain: boolean): RouteQuestion => ({
    ...question,
    weights,
    constraints: constraintsUnder(constraints),
    explain,
  });
  const isCandidate = arm === 'candidate';
  const byControl = under(control, question.explain && !isCandidate);
  const byCandidate = under(candidate, question.explain && isCandidate);
  const candidateAnswer = tryToDecide(byCandidate);
  const effective =
    candidateAnswer === null ? { ...byControl, explain: question.explain } : byCandidate;
  const asked = isCandidate ? effective : byControl;
  const other = isCandidate ? byControl : effective;
  const answer = isCandidate && candidateAnswer !== null ? candidateAnswer : decideRoute(asked);
  const otherwise = isCandidate ? tryToDecide(byControl) : (candidateAnswer ?? answer);
  const terms: RollOutTerms = {
    id,
    arm,
    share,
    unit,
    other: { weights: other.weights, constraints: other.constraints },
  };
  const propensity = mixedPropensity(
    terms,
    answer.propensity,
    otherwise?.probabilityOf(answer.model) ?? 0,
  );
  const reason = isCandidate
    ? `${answer.reason}; by ${candidate.label}, the candidate of the roll-out ${id}`
    : answer.reason;
  return { asked, terms, answer: { ...answer, propensity, reason } };
}

/**
 * Probability of a choice under both arms together.
 * @param own in the arm that made it; `other` in the other one.
 */
export function mixedPropensity(
  { arm, share }: Pick<RollOutTerms, 'arm' | 'share'>,
  own: number,
  other: number,
): number {
  const weight = arm === 'candidate' ? share : 1 - share;
  return weight * own + (1 - weight) * other;
}

/** Null where nothing is eligible. */
export function tryToDecide(question: RouteQuestion): RouteAnswer | null {
  try {
    return decideRoute(question);
  } catch (error) {
    if (isDomainError(error) && error.code === 'no-eligible-model') return null;
    throw error;
  }
}
