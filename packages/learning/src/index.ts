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
