import type { Grader } from './graders/grader-schema.js';

export const ANCHOR_DOMAINS = [
  'arithmetic',
  'algebra',
  'geometry',
  'probability',
  'word-problems',
  'logic',
  'sequences',
  'planning',
  'code-output',
  'code-writing',
  'data-extraction',
  'tables',
  'instruction-following',
  'reading-comprehension',
  'science',
  'knowledge',
  'commonsense',
  'units-time',
  'tool-use',
  'translation',
  'text-operations',
  'writing',
] as const;
export type AnchorDomain = (typeof ANCHOR_DOMAINS)[number];

/** A query whose answer can be checked: what a new model is measured with. */
export interface Anchor {
  /** The same for the same text and grader, whenever and wherever it is drawn. */
  id: string;
  domain: AnchorDomain;
  /** 1 (trivial) to 5 (very hard), before any calibration. */
  level: number;
  /** The whole prompt, answer format included. */
  text: string;
  grader: Grader;
  /** A reply that the grader takes for right. */
  referenceAnswer: string;
}
