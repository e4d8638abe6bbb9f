import type { HardConstraints, UtilityWeights } from '@zerorouter/optimizer';
import type { RollOut as RollOutRow } from '../generated/client.js';
import { fromJson } from '../json.js';

/** How an arm of a roll-out decides. */
export interface ArmPolicy {
  weights: UtilityWeights;
  constraints: HardConstraints;
}

/** The policy that is tried. */
export interface CandidatePolicy extends ArmPolicy {
  /** Where it comes from: `thrifty@3`, or `weights`. */
  label: string;
}

export type RollOutState = 'running' | 'finished' | 'aborted' | 'rolled_back';
/** What stays in one arm. */
export type RollOutUnit = 'session' | 'key' | 'decision';

/** A candidate that decides a share of a policy's traffic. */
export interface RollOut {
  id: string;
  policy: string;
  control: ArmPolicy;
  controlVersion: number;
  candidate: CandidatePolicy;
  /** Of the traffic, in (0, 1]. */
  share: number;
  unit: RollOutUnit;
  /** Largest drop of the mean score that is tolerated. */
  qualityBound: number;
  /** Judged units of each arm before it may be rolled back. */
  minFeedback: number;
  confidence: number;
  state: RollOutState;
  /** Null until somebody has looked. */
  evidence: RollOutEvidence | null;
  createdAt: Date;
  /** Null while it runs. */
  endedAt: Date | null;
}

export type NewRollOut = Pick<
  RollOut,
  'policy' | 'candidate' | 'share' | 'unit' | 'qualityBound' | 'minFeedback' | 'confidence'
>;

/** What the judged answers of both arms say. */
export interface RollOutEvidence {
  control: { scores: number; mean: number | null };
  candidate: { scores: number; mean: number | null };
  /** Candidate less control; each end holds at all times with the roll-out's confidence. */
  interval: [low: number, high: number];
}

/** How a decision was made in a roll-out: what its propensity can be computed from again. */
export interface RollOutTerms {
  id: string;
  arm: 'control' | 'candidate';
  share: number;
  /** Hex: what was assigned to the arm. */
  unit: string;
  /** What the other arm would have decided by. */
  other: ArmPolicy;
}

/** What a policy in shadow would have chosen, and what was predicted of it; null = nothing was eligible. */
export type ShadowChoice = [model: string, pCorrect: number, costUsd: number | null] | null;
/** By the policy's name. */
export type ShadowChoices = Record<string, ShadowChoice>;

export function toRollOut({ sweptAt: _sweptAt, ...row }: RollOutRow): RollOut {
  return {
    ...row,
    control: fromJson(row.control),
    candidate: fromJson(row.candidate),
    unit: row.unit as RollOutUnit,
    evidence: row.evidence === null ? null : fromJson(row.evidence),
  };
}
