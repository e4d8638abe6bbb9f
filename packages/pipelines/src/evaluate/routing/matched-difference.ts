import type { Random, RealisedOutcomes, RoutedPoint } from '@zerorouter/latent-space';
import { percentileInterval, resampleQueries } from '@zerorouter/latent-space';

export interface MatchedDifference {
  /** Accuracy that the sweep has at the same realised cost. */
  readonly matchedAccuracy: number;
  readonly value: number;
  /** 95% interval of the paired bootstrap over queries. */
  readonly interval: readonly [low: number, high: number] | null;
}

/**
 * Accuracy of each choice minus that of a swept router at the same realised cost, matched anew in each
 * draw. The sweep mixes, by chance, the two neighbouring weights between which the cost lies: costs
 * alone choose them. A hull would choose them by the judged answers too, and so be of a router that
 * nobody has.
 *
 * @param choices model of each query. @param sweep the same, from the dearest routing to the cheapest.
 */
export function differencesAtMatchedCost(
  outcomes: RealisedOutcomes,
  choices: readonly Int32Array[],
  sweep: readonly Int32Array[],
  draws: number,
  random: Random,
): MatchedDifference[] {
  const { queries } = outcomes;
  const ours = choices.map((choice) => chosenCells(outcomes, choice));
  const theirs = distinct(sweep).map((choice) => chosenCells(outcomes, choice));
  const matchAll = (counts: Uint16Array) => {
    const line = theirs.map((cells) => weighted(cells, counts));
    return ours.map((cells) => {
      const { costUsd, accuracy } = weighted(cells, counts);
      const matched = accuracyOnLine(line, costUsd);
      return { matched, difference: accuracy - matched };
    });
  };
  const whole = matchAll(new Uint16Array(queries).fill(1));
  const { counts } = resampleQueries(queries, draws, random);
  const drawn = Array.from({ length: draws }, (_, draw) =>
    matchAll(counts.subarray(draw * queries, (draw + 1) * queries)),
  );
  return whole.map(({ matched, difference }, c) => ({
    matchedAccuracy: matched,
    value: difference,
    interval: percentileInterval(drawn.map((own) => own[c]!.difference)),
  }));
}

/** Cost and score of each query under a choice. */
interface ChosenCells {
  readonly costUsd: Float64Array;
  readonly score: Float64Array;
}

function chosenCells(
  { models, costUsd, score }: RealisedOutcomes,
  choice: Int32Array,
): ChosenCells {
  return {
    costUsd: Float64Array.from(choice, (m, q) => costUsd[q * models + m]!),
    score: Float64Array.from(choice, (m, q) => score[q * models + m]!),
  };
}

function weighted({ costUsd, score }: ChosenCells, counts: Uint16Array): RoutedPoint {
  let cost = 0;
  let correct = 0;
  for (let q = 0; q < counts.length; q++) {
    cost += counts[q]! * costUsd[q]!;
    correct += counts[q]! * score[q]!;
  }
  return { costUsd: cost / counts.length, accuracy: correct / counts.length };
}

/** The first crossing from the dear end; beyond either end its accuracy. */
function accuracyOnLine(line: readonly RoutedPoint[], costUsd: number): number {
  const after = line.findIndex((point) => point.costUsd <= costUsd);
  if (after === 0) return line[0]!.accuracy;
  if (after < 0) return line.at(-1)!.accuracy;
  const [dear, cheap] = [line[after - 1]!, line[after]!];
  const share = (costUsd - cheap.costUsd) / (dear.costUsd - cheap.costUsd);
  return cheap.accuracy + share * (dear.accuracy - cheap.accuracy);
}

function distinct(sweep: readonly Int32Array[]): Int32Array[] {
  return sweep.filter((choice, w) => w === 0 || choice.some((m, q) => m !== sweep[w - 1]![q]));
}
