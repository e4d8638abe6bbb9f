import type { CallAttempt, Decision } from '@zerorouter/contracts';

/** A call of a deployment as the page tells of it. */
export interface AttemptRow {
  /** From 1. */
  number: number;
  model: string;
  /** Id of the deployment. */
  deployment: string;
  /** Why this one was called after the one before. */
  step: 'first choice' | 'fallback' | 'another deployment' | 'tried again';
  outcome: string;
  /** HTTP status; null = there was no answer. */
  status: number | null;
  /** To the first byte of the answer, or to the failure; null = it was not called. */
  ms: number | null;
  /** Its answer was passed on. */
  answered: boolean;
}

const NOT_CALLED: Readonly<Record<string, string>> = {
  resting: 'not called: it rests after failures',
  'over-budget': 'not called: too dear for what is left of the key’s budget',
};

const FAILURES: Readonly<Record<string, string>> = {
  connect: 'no connection',
  timeout: 'no first byte in time',
  cut: 'broke off before the first byte',
  malformed: 'an answer that cannot be read',
  refused: 'its address may not be called',
  aborted: 'the client left',
};

/** Every call for a decision, in order; none where nothing was called. */
export function describeAttempts({ model, request }: Pick<Decision, 'model' | 'request'>) {
  const attempts = request.attempts ?? [];
  const passedOn = request.answered_by == null ? -1 : attempts.length - 1;
  return attempts.map((attempt, i): AttemptRow => ({
    number: i + 1,
    model: attempt.model,
    deployment: attempt.deployment,
    step: stepOf(attempt, attempts.slice(0, i), model),
    outcome: outcomeOf(attempt, i === passedOn),
    status: typeof attempt.outcome === 'number' ? attempt.outcome : null,
    ms: attempt.outcome in NOT_CALLED ? null : attempt.ms,
    answered: i === passedOn,
  }));
}

function stepOf(
  { model, deployment }: CallAttempt,
  before: readonly CallAttempt[],
  chosen: string,
): AttemptRow['step'] {
  if (before.some((one) => one.deployment === deployment)) return 'tried again';
  if (before.some((one) => one.model === model)) return 'another deployment';
  return before.length === 0 && model === chosen ? 'first choice' : 'fallback';
}

function outcomeOf({ outcome }: CallAttempt, answered: boolean): string {
  if (typeof outcome === 'number') return answered ? 'answered' : `refused with HTTP ${outcome}`;
  return NOT_CALLED[outcome] ?? FAILURES[outcome] ?? outcome;
}
