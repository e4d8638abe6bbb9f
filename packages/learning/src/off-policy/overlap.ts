/** How a logged choice looks to the policy that is to be judged by it. */
export interface LoggedChoice {
  /** Probability with which the model was chosen that was, in (0, 1]. */
  readonly propensity: number;
  /** Probability with which the candidate policy would have chosen the same model. */
  readonly candidateProbability: number;
}

/** How far a log can speak of another policy. */
export interface Overlap {
  readonly decisions: number;
  /** Mean probability with which the candidate does what was done. */
  readonly agreement: number;
  /** (Σw)²/Σw²: so many decisions of the candidate's own would be as telling. */
  readonly effectiveSampleSize: number;
  /**
   * Mean of w = candidate's probability ÷ propensity. Its expectation is the share of the candidate's choices
   * that the log could contain at all: 1 where it could contain all of them.
   */
  readonly meanWeight: number;
  /** Share of decisions whose model was certain: a log of nothing else has no choice but its own. */
  readonly certain: number;
}

/** @throws RangeError when a propensity lies outside (0, 1] or a probability outside [0, 1]. */
export function importanceWeights(choices: readonly LoggedChoice[]): Float64Array {
  return Float64Array.from(choices, ({ propensity, candidateProbability }, i) => {
    if (!(propensity > 0 && propensity <= 1))
      throw new RangeError(`propensity ${propensity} of choice ${i} is outside (0, 1]`);
    if (!(candidateProbability >= 0 && candidateProbability <= 1 + 1e-9))
      throw new RangeError(
        `candidate's probability ${candidateProbability} of choice ${i} is outside [0, 1]`,
      );
    return candidateProbability / propensity;
  });
}

export function measureOverlap(choices: readonly LoggedChoice[]): Overlap {
  const weights = importanceWeights(choices);
  const n = choices.length;
  let sum = 0;
  let squares = 0;
  let agreed = 0;
  let certain = 0;
  for (const [i, weight] of weights.entries()) {
    sum += weight;
    squares += weight * weight;
    agreed += choices[i].candidateProbability;
    if (choices[i].propensity === 1) certain++;
  }
  return {
    decisions: n,
    agreement: n === 0 ? 0 : agreed / n,
    effectiveSampleSize: squares === 0 ? 0 : sum ** 2 / squares,
    meanWeight: n === 0 ? 0 : sum / n,
    certain: n === 0 ? 0 : certain / n,
  };
}
