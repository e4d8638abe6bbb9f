import type {
  ModelLimits,
  ProfileStateName,
  QueryLatents,
  RouteCandidate,
  RouteExplanation,
} from '@zerorouter/contracts';
import { DomainError, IN_SHADOW, NOT_ADMITTED, unfitReason } from '@zerorouter/contracts';
import type { BudgetTerms, ExplorationTerms, SessionTerms } from '@zerorouter/database';
import type { Candidate, ScorableModel } from '@zerorouter/latent-space';
import type { HardConstraints, ReferenceScales, UtilityWeights } from '@zerorouter/optimizer';
import { describeSession, scoreInSession } from '../sessions/score-in-session.js';
import { beyondBudget, decideWithinBudget } from './decide-within-budget.js';
import { describeChoice } from './describe-choice.js';
import { explainCandidates } from './explain.js';
import { exploreYoung } from './explore-young.js';

/** A model as the router may choose it. */
export interface RoutableModel extends ModelLimits {
  readonly profile: ScorableModel;
  /** In `shadow` it is scored and listed, and never chosen; absent = active. */
  readonly state?: ProfileStateName;
}

export interface RouteQuestion {
  readonly latents: QueryLatents;
  readonly models: readonly RoutableModel[];
  /** Per model: whether the request's `models` admit it; absent = all. */
  readonly admitted?: readonly boolean[] | undefined;
  /** Why a model must not be chosen, by its name; null = nothing stands against it. */
  readonly barred?: ((model: string) => string | null) | undefined;
  readonly requires: readonly string[];
  readonly maxTokens?: number | undefined;
  readonly weights: UtilityWeights;
  readonly policy: string;
  readonly constraints: HardConstraints;
  readonly scales: ReferenceScales;
  readonly explain: boolean;
  /** What is left of the policy's budget; null = it has none. */
  readonly budget?: BudgetTerms | null;
  /** The model that the conversation is on; null = none. */
  readonly session?: SessionTerms | null;
  /** Null = no exploration. */
  readonly exploration?: ExplorationTerms | null;
}

export interface RouteAnswer {
  model: string;
  fallbacks: string[];
  /** Best first, then the excluded ones. */
  candidates: RouteCandidate[];
  /** Predicted cost of the model, USD; null = unknown. */
  costUsd: number | null;
  /** Probability with which the model was chosen: 1 without exploration. */
  propensity: number;
  /** Probability with which a model would have been chosen. */
  probabilityOf: (model: string) => number;
  reason: string;
  explanation: RouteExplanation | undefined;
}

/**
 * Scores every model on the query and picks by utility among those that nothing excludes, unless it
 * explores.
 * @throws DomainError `no-eligible-model` with the reason for each model when all are excluded;
 *   `budget-exhausted` when only the budget stands against some of them.
 */
export function decideRoute(question: RouteQuestion): RouteAnswer {
  const {
    latents,
    models,
    maxTokens,
    weights,
    scales,
    budget = null,
    exploration = null,
    session = null,
  } = question;
  const profiles = models.map(({ profile }) => profile);
  const excluded = exclusionsBeforeScoring(question);
  const decide = (candidates: readonly Candidate[]) =>
    decideWithinBudget(candidates, weights, scales, question.constraints, excluded, budget);
  const scored = profiles.map((profile) => scoreInSession(latents, profile, maxTokens, session));
  const decision = decide(scored);
  const { ranking, exclusions } = decision;
  const order = [...ranking];
  for (let i = 0; i < scored.length; i++) if (exclusions[i] !== null) order.push(i);
  const candidates = order.map((i) =>
    toRouteCandidate(scored[i]!, decision.utilities[i]!, exclusions[i]!),
  );
  if (ranking.length === 0) throw nothingToChoose(question, scored, exclusions, candidates);
  const best = ranking[0]!;
  const { chosen, propensity, explored, probabilityOf } =
    exploration === null
      ? {
          chosen: best,
          propensity: 1,
          explored: false,
          probabilityOf: (i: number) => (i === best ? 1 : 0),
        }
      : exploreYoung(decision, scored, profiles, latents, exploration);
  const eligible = candidates.slice(0, ranking.length);
  const choice = candidates[order.indexOf(chosen)]!;
  const reason = describeChoice({
    chosen: choice,
    eligible,
    all: candidates.length,
    policy: question.policy,
    budget,
    exploredWith: explored ? propensity : null,
  });
  const freeChoice = (): string => {
    const free = decide(
      profiles.map((profile) => scoreInSession(latents, profile, maxTokens, null)),
    );
    return scored[free.ranking[0] ?? best]!.model;
  };
  return {
    model: choice.model,
    fallbacks: eligible.filter((candidate) => candidate !== choice).map(({ model }) => model),
    candidates,
    costUsd: choice.cost_usd,
    propensity,
    probabilityOf: (name) => probabilityOf(scored.findIndex(({ model }) => model === name)),
    reason:
      session === null
        ? reason
        : `${reason}; ${describeSession(session, choice.model, freeChoice())}`,
    explanation: question.explain
      ? explainCandidates(
          latents,
          order.map((i) => ({
            ability: models[i]!.profile.ability,
            model: scored[i]!.model,
            terms: decision.terms[i]!,
          })),
        )
      : undefined,
  };
}

function nothingToChoose(
  { budget = null, policy }: RouteQuestion,
  scored: readonly Candidate[],
  exclusions: readonly (string | null)[],
  candidates: readonly RouteCandidate[],
): DomainError {
  const tooDear = scored.flatMap((candidate, i) =>
    budget !== null &&
    candidate.costUsd !== null &&
    exclusions[i] === beyondBudget(candidate, budget)
      ? [candidate.costUsd]
      : [],
  );
  return budget === null || tooDear.length === 0
    ? noEligibleModel(candidates)
    : budgetExhausted(budget, policy, Math.min(...tooDear));
}

/**
 * Why a model is out before anything is predicted of it, per model; null = it is not. What lies in the
 * request comes first: it holds of a model in shadow as well once it is active.
 */
function exclusionsBeforeScoring(question: RouteQuestion): (string | null)[] {
  const { models, admitted, barred, requires, maxTokens = 0, latents } = question;
  const requirements = { requires, inputTokens: latents.inputTokens, maxTokens };
  return models.map((model, i) => {
    if (admitted?.[i] === false) return NOT_ADMITTED;
    const unfit = unfitReason(model, requirements);
    if (unfit !== null) return unfit;
    return model.state === 'shadow' ? IN_SHADOW : (barred?.(model.profile.model) ?? null);
  });
}

/** A candidate as it is told and recorded. */
export function toRouteCandidate(
  candidate: Candidate,
  utility: number | null,
  excluded: string | null,
): RouteCandidate {
  const told: RouteCandidate = {
    model: candidate.model,
    p_correct: candidate.probabilityCorrect,
    interval: [candidate.interval[0], candidate.interval[1]],
    cost_usd: candidate.costUsd,
    latency_ms: candidate.latencyS === null ? null : candidate.latencyS * 1000,
    output_tokens: candidate.outputTokens,
    utility,
  };
  if (excluded !== null) told.excluded = excluded;
  return told;
}

function noEligibleModel(candidates: readonly RouteCandidate[]): DomainError {
  const reasons = candidates.map(({ model, excluded }) => ({ model, excluded }));
  return new DomainError(
    'no-eligible-model',
    `every model is excluded: ${reasons.map(({ model, excluded }) => `${model} (${excluded})`).join('; ')}. Loosen the constraints, the models or max_tokens.`,
    { details: { candidates: reasons } },
  );
}

function budgetExhausted({ endsAt, leftUsd }: BudgetTerms, policy: string, cheapestUsd: number) {
  return new DomainError(
    'budget-exhausted',
    `the budget of the policy "${policy}" has $${leftUsd.toPrecision(3)} left until ${endsAt}, and the cheapest eligible model costs $${cheapestUsd.toPrecision(3)}: wait until then, raise the budget or use another policy`,
    { details: { period_ends_at: endsAt, left_usd: leftUsd, cheapest_usd: cheapestUsd } },
  );
}
