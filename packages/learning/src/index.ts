export {
  DEFAULT_LEARNING,
  newSource,
  startLearning,
  type LearningSettings,
  type LearningState,
  type SourceState,
} from './learning-state.js';
export { observeAnswer, type Belief } from './belief/assumed-density.js';
export {
  learnVerdicts,
  type Alarm,
  type EarlierVerdict,
  type Learnt,
  type Verdict,
} from './learn-verdicts.js';
export { evidenceOf, ratesOf } from './sources/judge.js';
export {
  testSentinels,
  type SentinelAnswer,
  type SentinelTest,
} from './sentinels/test-sentinels.js';
export {
  compareArms,
  type Arm,
  type ArmComparison,
  type ArmScore,
} from './off-policy/compare-arms.js';
export { meanFromMoments, type Estimate, type Moments } from './off-policy/estimate.js';
export {
  evaluatePolicy,
  type CandidateEstimates,
  type PolicyValue,
  type Reward,
} from './off-policy/evaluate-policy.js';
export { measureOverlap, type LoggedChoice, type Overlap } from './off-policy/overlap.js';
