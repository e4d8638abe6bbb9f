import type { JudgeRates } from '../belief/assumed-density.js';

/** What is known of a judge: Beta(right, wrong) counts of its verdicts on right and on wrong answers. */
export interface Judge {
  readonly sensitivity: readonly [right: number, wrong: number];
  readonly specificity: readonly [right: number, wrong: number];
}

/**
 * A judge of which nothing is known yet.
 * @param strength how many verdicts the rates count for, each.
 */
export function newJudge({ sensitivity, specificity }: JudgeRates, strength: number): Judge {
  return {
    sensitivity: [strength * sensitivity, strength * (1 - sensitivity)],
    specificity: [strength * specificity, strength * (1 - specificity)],
  };
}

/** Expected rates: what the Betas' means are. Together they are what one verdict is weighed by. */
export function ratesOf({ sensitivity, specificity }: Judge): JudgeRates {
  return { sensitivity: mean(sensitivity), specificity: mean(specificity) };
}

/**
 * Log odds that a verdict adds to an answer's being right:
 * y·log(P("right"|right)/P("right"|wrong)) + (1 − y)·log(P("wrong"|right)/P("wrong"|wrong)).
 */
export function evidenceOf({ sensitivity, specificity }: JudgeRates, score: number): number {
  return (
    score * Math.log(sensitivity / (1 - specificity)) +
    (1 - score) * Math.log((1 - sensitivity) / specificity)
  );
}

/**
 * Learns how a judge errs from one verdict.
 * @param probability P(the answer is right) from everything but this verdict. It should hold another judge's
 *   verdict: from the ability alone, a judge's error could not be told from a change of the ability.
 */
export function learnJudge(judge: Judge, score: number, probability: number): Judge {
  const [rightRight, rightWrong] = judge.sensitivity;
  const [wrongRight, wrongWrong] = judge.specificity;
  return {
    sensitivity: [rightRight + probability * score, rightWrong + probability * (1 - score)],
    specificity: [
      wrongRight + (1 - probability) * (1 - score),
      wrongWrong + (1 - probability) * score,
    ],
  };
}

function mean([right, wrong]: readonly [number, number]): number {
  return right / (right + wrong);
}
