export { ANCHOR_DOMAINS, type Anchor, type AnchorDomain } from './anchor.js';
export { drawAnchors, type DrawOptions } from './draw-anchors.js';
export { gradeAnswer, type Grade, type GradingOptions } from './graders/grade-answer.js';
export { graderSchema, type Grader, type GraderKind } from './graders/grader-schema.js';
export type { Judge, JudgePrompt } from './graders/judge.js';
export { closeSandbox } from './sandbox/sandbox.js';
