import type { RouteResponse } from '@zerorouter/contracts';
import { OBJECTIVES } from './policy-weights.js';
import type { Objective, Weights } from './policy-weights.js';

/** What a model's utility gains by a weight of 1: p̂, −ĉ/c_ref and −T̂/T_ref. */
export interface UnitTerms {
  model: string;
  terms: Weights;
  /** What it has to lead by, since near-ties go to the cheaper one. */
  toll: number;
}

const NEAR_TIE = 2e-3;

/**
 * Takes an answer's utilities apart into what each weight would give; null where a weight of 0 hides
 * its term (ask with all three above 0).
 */
export function unitTerms(answer: RouteResponse, weights: Weights): UnitTerms[] | null {
  if (answer.explanation === undefined || OBJECTIVES.some((o) => weights[o] === 0)) return null;
  const costs = new Map(answer.candidates.map(({ model, cost_usd }) => [model, cost_usd]));
  const eligible = answer.explanation.candidates.flatMap(({ model, utility_terms: terms }) =>
    terms === null ? [] : [{ model, terms }],
  );
  return eligible.map(({ model, terms }) => {
    const unit = {
      accuracy: terms.accuracy / weights.accuracy,
      cost: terms.cost / weights.cost,
      latency: terms.latency / weights.latency,
    };
    // With r = ĉ/c_ref: NEAR_TIE·ĉ/(ĉ + c_ref) = NEAR_TIE·r/(r + 1).
    const ratio = costs.get(model) == null ? 0 : -unit.cost;
    return { model, terms: unit, toll: (NEAR_TIE * ratio) / (ratio + 1) };
  });
}

export function merit({ terms, toll }: UnitTerms, weights: Weights): number {
  return OBJECTIVES.reduce((sum, o) => sum + weights[o] * terms[o], -toll);
}

/** The model that these weights choose; null of none. */
export function choose(units: readonly UnitTerms[], weights: Weights): string | null {
  let best: UnitTerms | null = null;
  for (const unit of units)
    if (best === null || merit(unit, weights) > merit(best, weights)) best = unit;
  return best?.model ?? null;
}

/** A change of one weight, the others as they are, that another model wins by. */
export interface SwitchPoint {
  objective: Objective;
  from: number;
  to: number;
  model: string;
}

/**
 * The nearest weight above and below, for each objective, at which the choice changes: merits are linear
 * in a weight, so that a rival overtakes where its line crosses that of the chosen one.
 */
export function switchPoints(units: readonly UnitTerms[], weights: Weights): SwitchPoint[] {
  const chosenModel = choose(units, weights);
  const chosen = units.find(({ model }) => model === chosenModel);
  if (chosen === undefined) return [];
  return OBJECTIVES.flatMap((objective) => {
    const from = weights[objective];
    const crossings = units.flatMap((rival) => {
      const slope = rival.terms[objective] - chosen.terms[objective];
      const lead = merit(chosen, weights) - merit(rival, weights);
      if (rival === chosen || slope === 0) return [];
      const to = from + lead / slope;
      return to >= 0 ? [{ objective, from, to, model: rival.model }] : [];
    });
    const above = crossings.filter(({ to }) => to > from).sort((a, b) => a.to - b.to)[0];
    const below = crossings.filter(({ to }) => to < from).sort((a, b) => b.to - a.to)[0];
    return [below, above].filter((point) => point !== undefined);
  });
}
