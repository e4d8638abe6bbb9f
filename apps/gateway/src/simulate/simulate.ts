import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { SimulatedOutcome, SimulateResponse } from '@zerorouter/contracts';
import type { DecisionRecord } from '@zerorouter/database';
import type { Candidate, GuaranteeLevel } from '@zerorouter/latent-space';
import { weightsFromDial, withGuarantee } from '@zerorouter/optimizer';
import type { HardConstraints, ReferenceScales, UtilityWeights } from '@zerorouter/optimizer';
import { weightsAtPrice } from '../routing/decide-within-budget.js';
import { decideAgain } from './decide-again.js';
import type { AvailableModel } from './decide-again.js';

/** What decisions may be made with. */
export interface Alternative {
  readonly models: readonly AvailableModel[];
  readonly scales: ReferenceScales;
  readonly guarantee: readonly GuaranteeLevel[] | undefined;
}

export interface Simulation {
  readonly decisions: readonly DecisionRecord[];
  readonly today: Alternative;
  readonly scenario: Alternative;
  /** In place of each decision's own. */
  readonly weights?: UtilityWeights | undefined;
  readonly constraints?: HardConstraints | undefined;
}

const DIALS = Array.from({ length: 11 }, (_, i) => i / 10);
const MOST_MOVES = 50;

/** Makes stored decisions again, as they would fall today, and in a scenario. */
export async function simulate(
  simulation: Simulation,
): Promise<Omit<SimulateResponse, 'space_version' | 'scenario_space_version'>> {
  const { decisions, today, scenario, weights, constraints } = simulation;
  const { models, scales, guarantee } = scenario;
  const before: (Candidate | null)[] = [];
  const after: (Candidate | null)[] = [];
  const byDial = DIALS.map((): (Candidate | null)[] => []);
  for (const record of decisions) {
    before.push(choose(record, { ...record, ...today }));
    const own = {
      models,
      scales,
      weights: weights ?? ownWeights(record, scales),
      constraints: withGuarantee(constraints ?? record.constraints, guarantee),
      // Another policy has no part in what was left of that one's budget.
      budget: weights === undefined ? record.budget : null,
    };
    after.push(choose(record, own));
    for (const [i, dial] of DIALS.entries())
      byDial[i]!.push(choose(record, { ...own, weights: weightsFromDial(dial), budget: null }));
    // Live requests share this thread.
    await yieldToOthers();
  }
  return {
    decisions: decisions.length,
    baseline: summarize(before),
    scenario: summarize(after),
    moves: countMoves(before, after),
    frontier: paretoFrontier(
      byDial.flatMap((choices, i) => {
        const { mean_accuracy, cost_usd } = summarize(choices);
        return mean_accuracy === null ? [] : [{ dial: DIALS[i]!, mean_accuracy, cost_usd }];
      }),
    ),
  };
}

/** A budget's price is per USD: its weight depends on the scale. */
function ownWeights({ weights, budget }: DecisionRecord, scales: ReferenceScales): UtilityWeights {
  return budget === null ? weights : weightsAtPrice(budget.price, scales);
}

function choose(
  record: DecisionRecord,
  options: Parameters<typeof decideAgain>[1],
): Candidate | null {
  const { scored, decision } = decideAgain(record, options);
  return decision.chosen === null ? null : scored[decision.chosen]!;
}

function summarize(choices: readonly (Candidate | null)[]): SimulatedOutcome {
  const chosen = choices.filter((choice) => choice !== null);
  const latencies = chosen.flatMap(({ latencyS }) => (latencyS === null ? [] : [1000 * latencyS]));
  const models = new Map<string, number>();
  for (const { model } of chosen) models.set(model, (models.get(model) ?? 0) + 1);
  return {
    mean_accuracy: mean(chosen.map(({ probabilityCorrect }) => probabilityCorrect)),
    cost_usd: chosen.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0),
    mean_latency_ms: mean(latencies),
    undecided: choices.length - chosen.length,
    models: Object.fromEntries([...models].sort(([, a], [, b]) => b - a)),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function countMoves(
  before: readonly (Candidate | null)[],
  after: readonly (Candidate | null)[],
): SimulateResponse['moves'] {
  const moves = new Map<string, SimulateResponse['moves'][number]>();
  for (const [i, choice] of before.entries()) {
    const [from, to] = [choice?.model ?? null, after[i]?.model ?? null];
    if (from === to) continue;
    const key = JSON.stringify([from, to]);
    const move = moves.get(key) ?? { from, to, decisions: 0 };
    move.decisions++;
    moves.set(key, move);
  }
  return [...moves.values()].sort((a, b) => b.decisions - a.decisions).slice(0, MOST_MOVES);
}

/** Points, cheapest first, each more accurate than all that are cheaper. */
export function paretoFrontier<Point extends { mean_accuracy: number; cost_usd: number }>(
  points: readonly Point[],
): Point[] {
  const sorted = [...points].sort(
    (a, b) => a.cost_usd - b.cost_usd || b.mean_accuracy - a.mean_accuracy,
  );
  let best = -Infinity;
  return sorted.filter(({ mean_accuracy }) => {
    if (mean_accuracy <= best) return false;
    best = mean_accuracy;
    return true;
  });
}
