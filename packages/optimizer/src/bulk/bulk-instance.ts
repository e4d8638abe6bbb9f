/**
 * Forecasts of a bulk of queries, as matrices of shape queries × models in row-major order: the cell
 * of query i and model m is at `i * models + m`.
 */
export interface BulkInstance {
  readonly queries: number;
  readonly models: number;
  /** P(correct), in [0, 1]; NaN = the model is not eligible for the query. */
  readonly probability: Float64Array;
  /** Expected USD a call; NaN = unknown. */
  readonly costUsd: Float64Array;
  /** Expected seconds end to end; NaN = unknown. */
  readonly latencyS: Float64Array;
}

/** What an allocation must keep; absent = no bound. */
export interface BulkConstraints {
  /** Of the whole bulk. */
  readonly budgetUsd?: number;
  /** Calls that each model can take; null = unlimited. */
  readonly capacity?: readonly (number | null)[];
  /** Floor of the mean P(correct) of the chosen models. */
  readonly minMeanAccuracy?: number;
  /** Ceiling of the expected latency of each query, end to end. */
  readonly maxLatencyS?: number;
}

export interface BulkAllocation {
  /** The chosen model of each query. */
  readonly choice: Int32Array;
  readonly method: 'utility' | 'lagrangian' | 'exact';
  readonly totals: {
    /** Σ P(correct). */
    readonly expectedCorrect: number;
    readonly meanAccuracy: number;
    /** Null when the cost of a chosen model is unknown. */
    readonly costUsd: number | null;
  };
  /** Prices of the linear relaxation; absent for a constraint that was not asked for. */
  readonly shadowPrices: {
    /** Expected correct answers per further USD. */
    readonly budget?: number;
    /**
     * Per further call of a model, null = unlimited: expected correct answers, or USD saved where
     * the cost is minimised.
     */
    readonly capacity?: readonly (number | null)[];
    /** USD per further point (0.01) of mean accuracy. */
    readonly minAccuracy?: number;
  };
  /** Upper bound on |optimum − value| / optimum of what is optimised. */
  readonly gapBound: number;
}
