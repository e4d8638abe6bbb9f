import { expectCutLength } from './cut-length.js';
import type { LengthModel } from './resource-models.js';

/** How verbosity and the noise of lengths spread over models: the prior of a model with few answers. */
export interface LengthPrior {
  /** Of a model's log-length offset δ. */
  readonly mean: number;
  readonly variance: number;
  /** σ²: mean variance of log L around level + δ within one model. */
  readonly residualVariance: number;
  /** Mean tokens ÷ exp(level + δ); exp(σ²/2), as of log-normal lengths, where it was not measured. */
  readonly smearing?: number | undefined;
}

/** Answers that σ₀² counts for in a model's own residual variance. */
const VARIANCE_WEIGHT = 5;

/** Answers that the expected smearing counts for beside a model's own. */
const SMEARING_WEIGHT = 10;

/** A model with fewer answers than this says little of how lengths are smeared. */
const SMEARING_ANSWERS = 20;

/** The fit with cut answers closes in on its end by a constant factor: the more are cut, the slower. */
const MOST_ROUNDS = 500;

/** Bounds of the prior's variances: no data set is so uniform that the next model must be alike. */
const LEAST_OFFSET_VARIANCE = 0.05;
const LEAST_RESIDUAL_VARIANCE = 0.01;

/**
 * The prior, from the lengths of many models beside predicted levels. The levels must be predictions
 * of queries that the predictor did not learn from: its error is part of the residual, and the smearing
 * is what held-out answers show of it, not what normal theory says (Duan 1983).
 *
 * @param subjects number of models.
 * @param subject per cell.
 * @param levels per cell: predicted log tokens before any model's offset.
 * @param logTokens per cell, NaN = unknown.
 * @returns null when no length is known.
 */
export function fitLengthPrior(
  subjects: number,
  subject: ArrayLike<number>,
  levels: ArrayLike<number>,
  logTokens: ArrayLike<number>,
): LengthPrior | null {
  const own: { level: number; logTokens: number }[][] = Array.from({ length: subjects }, () => []);
  for (let c = 0; c < subject.length; c++)
    if (!Number.isNaN(logTokens[c]))
      own[subject[c]].push({ level: levels[c], logTokens: logTokens[c] });
  const known = own.filter((cells) => cells.length > 0).map(measureResiduals);
  if (known.length === 0) return null;

  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const spread = known.filter(({ answers }) => answers > 1);
  const residualVariance = Math.max(
    LEAST_RESIDUAL_VARIANCE,
    average(spread.map(({ variance }) => variance)),
  );
  const mean = average(known.map(({ offset }) => offset));
  // Offsets of few answers spread by chance too: that part is taken out.
  const chance = average(known.map(({ answers }) => residualVariance / answers));
  const variance = average(known.map(({ offset }) => (offset - mean) ** 2)) - chance;
  const judged = known.filter(({ answers }) => answers >= SMEARING_ANSWERS);
  const excess = average(judged.map((model) => model.logSmearing - model.variance / 2));
  return {
    mean,
    variance: Math.max(LEAST_OFFSET_VARIANCE, variance),
    residualVariance,
    smearing: Math.exp(residualVariance / 2 + excess),
  };
}

/**
 * A model's verbosity: δ = posterior mean of log L − level under δ ~ N(mean, variance); its residual
 * variance, shrunk towards that of the other models; and the smearing factor that makes predicted mean
 * tokens equal the realised mean (Duan 1983), shrunk towards what that variance leads to expect.
 *
 * An answer that was cut is as long as that at least: it counts as what is expected of it under the fit, and
 * the fit is made again until it stands (expectation–maximisation).
 *
 * @param levels predicted log output tokens of each answered query, before the offset.
 * @param tokens output tokens of each answer, > 0.
 * @param cut which of them ended at a limit of tokens; absent = none.
 */
export function fitLength(
  levels: ArrayLike<number>,
  tokens: ArrayLike<number>,
  prior: LengthPrior,
  cut: ArrayLike<boolean> = [],
): LengthModel {
  const seen = Array.from({ length: levels.length }, (_, i) => ({
    level: levels[i],
    tokens: tokens[i],
    logTokens: Math.log(Math.max(1, tokens[i])),
    variance: 0,
    information: 1,
  }));
  let fit = fitAnswers(seen, prior);
  if (!Array.from(cut).includes(true)) return fit;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { offset, logDeviation } = fit;
    fit = fitAnswers(
      seen.map((answer, i) =>
        cut[i]
          ? { ...answer, ...expectCutLength(answer.tokens, answer.level + offset, logDeviation) }
          : answer,
      ),
      prior,
    );
    const change = Math.max(
      Math.abs(fit.offset - offset),
      Math.abs(fit.logDeviation - logDeviation),
    );
    if (change < 1e-6) break;
  }
  return fit;
}

/** One answer's length, or what is expected of it. */
interface Answer {
  readonly level: number;
  readonly tokens: number;
  readonly logTokens: number;
  /** Of log tokens, where they are an expectation. */
  readonly variance: number;
  /** 1 = the length is known. */
  readonly information: number;
}

function fitAnswers(
  answers: readonly Answer[],
  prior: LengthPrior,
): LengthModel & { logDeviation: number } {
  const n = answers.length;
  const pseudo = prior.residualVariance / prior.variance;
  const own = n === 0 ? { offset: 0, variance: 0 } : measureResiduals(answers);
  const offset = (n * own.offset + pseudo * prior.mean) / (n + pseudo);
  const degrees = Math.max(0, n - 1);
  const variance =
    (degrees * own.variance + VARIANCE_WEIGHT * prior.residualVariance) /
    (degrees + VARIANCE_WEIGHT);

  const typicalSmearing =
    (prior.smearing ?? Math.exp(prior.residualVariance / 2)) *
    Math.exp((variance - prior.residualVariance) / 2);
  let predicted = 0;
  let realised = 0;
  let information = 0;
  for (const answer of answers) {
    predicted += Math.exp(answer.level + offset);
    realised += answer.tokens;
    information += answer.information;
  }
  const typical = n === 0 ? 1 : predicted / n;
  const smearing =
    (realised + SMEARING_WEIGHT * typicalSmearing * typical) /
    (predicted + SMEARING_WEIGHT * typical);
  return {
    offset,
    offsetVariance: prior.residualVariance / (information + pseudo),
    smearing,
    logDeviation: Math.sqrt(variance),
  };
}

/** δ of plain means, the residual variance around it (n − 1), and log(Σ L/Σ e^(level + δ)). */
function measureResiduals(
  cells: readonly { level: number; logTokens: number; variance?: number }[],
) {
  const answers = cells.length;
  const residuals = cells.map(({ level, logTokens }) => logTokens - level);
  const offset = residuals.reduce((sum, r) => sum + r, 0) / answers;
  const squares = residuals.reduce(
    (sum, r, i) => sum + (r - offset) ** 2 + (cells[i].variance ?? 0),
    0,
  );
  const total = (of: (cell: (typeof cells)[number]) => number) =>
    cells.reduce((sum, cell) => sum + Math.exp(of(cell)), 0);
  return {
    answers,
    offset,
    variance: squares / Math.max(1, answers - 1),
    logSmearing: Math.log(total((cell) => cell.logTokens) / total((cell) => cell.level + offset)),
  };
}
