/** A model whose size is known, and its general ability. */
export interface SizedModel {
  /** log of the number of parameters, in billions. */
  readonly logSize: number;
  readonly ability: number;
}

/** How ability grows with size within one group of models that were judged alike. */
export interface SizeTrend {
  /** Of the group's models. */
  readonly meanLogSize: number;
  readonly meanAbility: number;
  /** Ability per unit of log size, shared by all groups. */
  readonly slope: number;
  /** Of ability around the trend, in this group. */
  readonly residualVariance: number;
}

/** Ridge on the slope, as a sum of squared log sizes: a few models of nearly one size say nothing. */
const SLOPE_RIDGE = 4;

/** Models that the variance of all groups counts for beside a group's own. */
const POOLED_MODELS = 4;

/**
 * Least squares of ability on log size with a mean per group and one ridged slope for all: a group of a
 * few models, or of models of one size, borrows the slope of the others.
 *
 * @returns one trend a group, beside `groups`; null for a group without a model.
 */
export function fitSizeTrends(groups: readonly (readonly SizedModel[])[]): (SizeTrend | null)[] {
  const means = groups.map((models) => ({
    logSize: models.reduce((sum, { logSize }) => sum + logSize, 0) / models.length,
    ability: models.reduce((sum, { ability }) => sum + ability, 0) / models.length,
  }));
  let squares = 0;
  let products = 0;
  groups.forEach((models, g) => {
    for (const { logSize, ability } of models) {
      squares += (logSize - means[g].logSize) ** 2;
      products += (logSize - means[g].logSize) * (ability - means[g].ability);
    }
  });
  const slope = products / (squares + SLOPE_RIDGE);
  const residuals = groups.map((models, g) =>
    models.reduce((sum, { logSize, ability }) => {
      const expected = means[g].ability + slope * (logSize - means[g].logSize);
      return sum + (ability - expected) ** 2;
    }, 0),
  );
  const total = groups.reduce((sum, models) => sum + models.length, 0);
  // Means and slope were fitted on the same models: so many fewer degrees of freedom.
  const fitted = groups.filter((models) => models.length > 0).length + 1;
  const pooled = residuals.reduce((sum, value) => sum + value, 0) / Math.max(1, total - fitted);
  return groups.map((models, g) =>
    models.length === 0
      ? null
      : {
          meanLogSize: means[g].logSize,
          meanAbility: means[g].ability,
          slope,
          residualVariance:
            (residuals[g] + POOLED_MODELS * pooled) / (models.length - 1 + POOLED_MODELS),
        },
  );
}
