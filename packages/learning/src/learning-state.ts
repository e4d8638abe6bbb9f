import type { LengthModel } from '@zerorouter/latent-space';
import type { Belief, JudgeRates } from './belief/assumed-density.js';
import type { ForgettingSettings } from './belief/forget.js';
import type { StepLimits } from './belief/guard-step.js';
import type { AccuracyDrift } from './drift/accuracy-drift.js';
import { NO_ACCURACY_DRIFT } from './drift/accuracy-drift.js';
import type { LengthDrift } from './drift/length-drift.js';
import { NO_LENGTH_DRIFT } from './drift/length-drift.js';
import type { Judge } from './sources/judge.js';
import { newJudge } from './sources/judge.js';
import type { SourceWatch } from './sources/watch-source.js';
import { UNWATCHED } from './sources/watch-source.js';

export interface LearningSettings {
  readonly forgetting: ForgettingSettings;
  readonly limits: StepLimits;
  /** Rates of a source of which nothing is known, and how many verdicts they count for. */
  readonly judge: JudgeRates;
  readonly judgeStrength: number;
  /** Log of the verdicts, by order of magnitude, in which an honest source is accused once. */
  readonly sourceThreshold: number;
}

export const DEFAULT_LEARNING: LearningSettings = {
  forgetting: { doublingDays: 30, perVerdict: 1.001, mostVariance: 1 },
  limits: { perVerdict: 0.5, perDay: 3 },
  judge: { sensitivity: 0.95, specificity: 0.95 },
  judgeStrength: 40,
  sourceThreshold: Math.log(1e4),
};

/** One verdict and what was expected of it, as alerts show them. */
export interface Residual {
  readonly decision: string;
  readonly source: string;
  /** ms since 1970. */
  readonly at: number;
  readonly score: number;
  readonly expected: number;
}

/** An answer's length and what was expected, in deviations of log length. */
export interface LengthResidual {
  readonly decision: string;
  readonly at: number;
  readonly tokens: number;
  readonly residual: number;
}

/** All that learning knows of one model in one latent space; plain data, to be stored as it is. */
export interface LearningState {
  readonly ability: Belief;
  readonly length: LengthModel | null;
  /** ms since 1970 of the newest verdict, or of the profile before there is one. */
  readonly at: number;
  /** UTC day (days since 1970) of the newest verdict, and the belief that it began with. */
  readonly day: number;
  readonly dayStart: Belief;
  readonly accuracyDrift: AccuracyDrift;
  readonly lengthDrift: LengthDrift;
  /** The last ones, oldest first. */
  readonly residuals: readonly Residual[];
  readonly lengthResiduals: readonly LengthResidual[];
}

/** What is known of a source of verdicts, whichever models they are about. */
export interface SourceState {
  readonly judge: Judge;
  readonly watch: SourceWatch;
  readonly quarantined: boolean;
}

const DAY_MS = 86_400_000;

/** The state of a profile that nobody has learnt on yet. @param at ms since 1970, when it was measured. */
export function startLearning(
  profile: { readonly ability: Belief; readonly length: LengthModel | null },
  at: number,
): LearningState {
  const { ability, length } = profile;
  return {
    ability,
    length,
    at,
    day: dayOf(at),
    dayStart: ability,
    accuracyDrift: NO_ACCURACY_DRIFT,
    lengthDrift: NO_LENGTH_DRIFT,
    residuals: [],
    lengthResiduals: [],
  };
}

export function newSource({ judge, judgeStrength }: LearningSettings): SourceState {
  return { judge: newJudge(judge, judgeStrength), watch: UNWATCHED, quarantined: false };
}

/** UTC day, in days since 1970. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** @param from ms since 1970, and `to`. */
export function daysBetween(from: number, to: number): number {
  return (to - from) / DAY_MS;
}
