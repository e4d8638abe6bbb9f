import type { ModelProfile, SpaceAbilities } from '@zerorouter/contracts';
import type { LengthPrior, PredictedItems, UncertaintyCalibration } from '@zerorouter/latent-space';
import {
  estimateAbility,
  expectedOutputTokens,
  fitInputCount,
  fitLatency,
  fitLength,
  fitLinearCost,
  groupCells,
} from '@zerorouter/latent-space';
import type { ModelInfo } from '@zerorouter/data-set';
import type { MergedOutcomes } from './merge-data-sets.js';

/** The profile of every subject: ability with covariance, and what its answers cost and take. */
export function profileSubjects(
  merged: MergedOutcomes,
  predicted: PredictedItems,
  abilities: Float32Array,
  abilityPrecision: number,
  uncertainty: UncertaintyCalibration,
  lengthPrior: LengthPrior | null,
): SpaceAbilities['subjects'] {
  const { cells } = merged;
  const dimensions = abilities.length / cells.subjects;
  const bySubject = groupCells(cells.subject, cells.subjects);
  const prior = new Float64Array(dimensions * dimensions);
  for (let k = 0; k < dimensions; k++) prior[k * dimensions + k] = 1 / abilityPrecision;

  return merged.subjects.map((model, subject) => {
    const own = Array.from(
      bySubject.order.subarray(bySubject.start[subject], bySubject.start[subject + 1]),
    );
    const answers = own.map((cell) => {
      const row = cells.item[cell]!;
      return {
        item: {
          discrimination: Array.from(
            { length: dimensions },
            (_, k) => uncertainty.logitScale * predicted.discrimination[row * dimensions + k]!,
          ),
          difficulty: uncertainty.logitScale * predicted.difficulty[row]!,
          difficultyVariance: uncertainty.difficultyVariance,
        },
        score: cells.score[cell]!,
      };
    });
    const mean = Array.from(abilities.subarray(subject * dimensions, (subject + 1) * dimensions));
    // The mode is known from training: only the curvature there is wanted.
    const { covariance } = estimateAbility(
      answers,
      { mean, covariance: prior },
      { maxIterations: 0 },
    );
    return {
      model,
      ability: { mean, covariance: Array.from(covariance) },
      ...fitSubjectResources(
        own.map((cell) => answerResources(merged, predicted, cell)),
        merged.modelInfo[subject],
        lengthPrior,
      ),
      meanScore: own.reduce((sum, cell) => sum + cells.score[cell]!, 0) / own.length,
      answers: own.length,
    };
  });
}

/** One answer's resources; NaN where unknown. */
export interface AnswerResources {
  /** Predicted log output tokens of the query, before the model's own offset. */
  readonly level: number;
  readonly logTokens: number;
  /** Estimated from the text: all that is known of a query beforehand. */
  readonly inputEstimate: number;
  /** The call's own count. */
  readonly inputTokens: number;
  readonly costUsd: number;
  readonly latencyS: number;
}

/** What one cell's call took, beside what is predicted of its query. */
export function answerResources(
  merged: MergedOutcomes,
  predicted: PredictedItems,
  cell: number,
): AnswerResources {
  const row = merged.cells.item[cell]!;
  return {
    level: predicted.logOutputTokens[row]!,
    logTokens: merged.logTokens[cell]!,
    inputEstimate: merged.inputEstimate[row]!,
    inputTokens: merged.inputTokens[cell]!,
    costUsd: merged.costUsd[cell]!,
    latencyS: merged.latencyS[cell]!,
  };
}

/**
 * Length, cost and latency of one model from its answers: prices where they are public, else a fit
 * to the calls' own cost. Null where nothing is known. All of them start from the estimated input tokens,
 * as forecasts do: what a model counts otherwise, tokenizer and prompt format, is learnt from its calls.
 * @param lengthPrior how verbosity spreads over models; null when the space never saw a length.
 */
export function fitSubjectResources(
  answers: readonly AnswerResources[],
  info: ModelInfo | undefined,
  lengthPrior: LengthPrior | null,
): Pick<ModelProfile, 'length' | 'cost' | 'latency'> {
  const withLength = answers.filter((answer) => !Number.isNaN(answer.logTokens));
  const length =
    lengthPrior === null
      ? null
      : fitLength(
          withLength.map((answer) => answer.level),
          withLength.map((answer) => Math.exp(answer.logTokens)),
          lengthPrior,
        );

  const withCost = answers.filter((answer) => !Number.isNaN(answer.costUsd));
  const { input_price_per_mtok: input, output_price_per_mtok: output } = info ?? {};
  const counted = answers.filter((answer) => !Number.isNaN(answer.inputTokens));
  const inputCount = fitInputCount(
    counted.map((answer) => answer.inputEstimate),
    counted.map((answer) => answer.inputTokens),
  );
  const cost =
    withCost.length > 0
      ? fitLinearCost(
          withCost.map((answer) => answer.inputEstimate),
          withCost.map((answer) => answer.level),
          withCost.map((answer) => answer.costUsd),
        )
      : input !== undefined && output !== undefined
        ? {
            kind: 'prices' as const,
            inputPerMtok: input,
            outputPerMtok: output,
            ...(inputCount === null ? {} : { inputCount }),
            ...(info?.price_source === undefined ? {} : { source: info.price_source }),
          }
        : null;

  const withLatency = answers.filter((answer) => !Number.isNaN(answer.latencyS));
  const expected = withLatency.map((answer) =>
    expectedOutputTokens({ logOutputTokens: answer.level, inputTokens: 0 }, length),
  );
  const latency = fitLatency(
    withLatency.map((answer) => answer.inputEstimate),
    expected.every((tokens) => tokens !== null) ? expected : null,
    withLatency.map((answer) => answer.latencyS),
  );
  return { length, cost, latency };
}
