import type { QueryLatents, RouteCandidate, RouteExplanation } from '@zerorouter/contracts';
import { DomainError } from '@zerorouter/contracts';
import { scoreModel } from '@zerorouter/latent-space';
import type { Candidate, ScorableModel } from '@zerorouter/latent-space';
import { decideByUtility } from '@zerorouter/optimizer';
import type { HardConstraints, ReferenceScales, UtilityWeights } from '@zerorouter/optimizer';
import { explainCandidates } from './explain.js';

/** A model as the router may choose it. */
export interface RoutableModel {
  readonly profile: ScorableModel;
  /** Tokens; null where unknown, and then no query is too long for it. */
  readonly contextWindow: number | null;
  /** Empty where unknown, and then it counts as capable of everything. */
  readonly capabilities: readonly string[];
}

export interface RouteQuestion {
  readonly latents: QueryLatents;
  readonly models: readonly RoutableModel[];
  /** Per model: whether the request's `models` admit it; absent = all. */
  readonly admitted?: readonly boolean[] | undefined;
  readonly requires: readonly string[];
  readonly maxTokens?: number | undefined;
  readonly weights: UtilityWeights;
  readonly policy: string;
  readonly constraints: HardConstraints;
  readonly scales: ReferenceScales;
  readonly explain: boolean;
}

export interface RouteAnswer {
  model: string;
  fallbacks: string[];
  /** Best first, then the excluded ones. */
  candidates: RouteCandidate[];
  reason: string;
  explanation: RouteExplanation | undefined;
}

/**
 * Scores every model on the query and picks by utility among those that nothing excludes.
 * @throws DomainError `no-eligible-model` with the reason for each model when all are excluded.
 */
export function decideRoute(question: RouteQuestion): RouteAnswer {
  const { latents, models, maxTokens, weights, scales } = question;
  const scored = models.map(({ profile }) => scoreModel(latents, profile, maxTokens));
  const decision = decideByUtility(
    scored,
    weights,
    scales,
    question.constraints,
    models.map((model, i) => exclusion(model, i, question)),
  );
  const order = [
    ...decision.ranking,
    ...scored.map((_, i) => i).filter((i) => decision.exclusions[i] !== null),
  ];
  const candidates = order.map((i) =>
    toRouteCandidate(scored[i]!, decision.utilities[i]!, decision.exclusions[i]!),
  );
  const [best, ...fallbacks] = candidates.filter(({ excluded }) => excluded === undefined);
  if (best === undefined) throw noEligibleModel(candidates);
  return {
    model: best.model,
    fallbacks: fallbacks.map(({ model }) => model),
    candidates,
    reason: reasonFor(best, fallbacks, candidates.length, question.policy),
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

/** Why a model is out before anything is predicted of it. */
function exclusion(model: RoutableModel, index: number, question: RouteQuestion): string | null {
  const { admitted, requires, maxTokens = 0, latents } = question;
  if (admitted?.[index] === false) return 'not among the models that the request admits';
  const needed = latents.inputTokens + maxTokens;
  if (model.contextWindow !== null && needed > model.contextWindow)
    return `needs ${Math.ceil(needed)} tokens (${Math.ceil(latents.inputTokens)} in, ${maxTokens} out), its context window has ${model.contextWindow}`;
  if (model.capabilities.length === 0) return null;
  const missing = requires.filter((capability) => !model.capabilities.includes(capability));
  return missing.length === 0 ? null : `lacks ${missing.join(', ')}`;
}

function toRouteCandidate(
  candidate: Candidate,
  utility: number | null,
  excluded: string | null,
): RouteCandidate {
  return {
    model: candidate.model,
    p_correct: candidate.probabilityCorrect,
    interval: [candidate.interval[0], candidate.interval[1]],
    cost_usd: candidate.costUsd,
    latency_ms: candidate.latencyS === null ? null : candidate.latencyS * 1000,
    output_tokens: candidate.outputTokens,
    utility,
    ...(excluded === null ? {} : { excluded }),
  };
}

function noEligibleModel(candidates: readonly RouteCandidate[]): DomainError {
  const reasons = candidates.map(({ model, excluded }) => ({ model, excluded }));
  return new DomainError(
    'no-eligible-model',
    `every model is excluded: ${reasons.map(({ model, excluded }) => `${model} (${excluded})`).join('; ')}. Loosen the constraints, the models or max_tokens.`,
    { details: { candidates: reasons } },
  );
}

function reasonFor(
  best: RouteCandidate,
  fallbacks: readonly RouteCandidate[],
  all: number,
  policy: string,
): string {
  const eligible = fallbacks.length + 1;
  const [next] = fallbacks;
  const traits = [
    `P(correct) ${best.p_correct.toFixed(3)}`,
    best.cost_usd === null ? 'cost unknown' : `$${best.cost_usd.toPrecision(3)}`,
    best.latency_ms === null ? 'latency unknown' : `${Math.round(best.latency_ms)} ms`,
  ];
  const field = `${eligible} eligible of ${all} models under ${policy}`;
  if (next === undefined) return `the only one of ${field}: ${traits.join(', ')}`;
  const lead = best.utility! - next.utility!;
  return lead < 0
    ? `cheaper than ${next.model}, whose utility is the same but for ${(-lead).toPrecision(1)}; ${field}: ${traits.join(', ')}`
    : `highest utility, ${best.utility!.toFixed(4)}, of ${field}: ${traits.join(', ')}; next ${next.model} with ${next.utility!.toFixed(4)}`;
}
