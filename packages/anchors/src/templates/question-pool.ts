import type { AnchorDomain } from '../anchor.js';
import { choiceItem, type Level, type Template } from '../template.js';

/** A written question: the right option first, then the wrong ones. */
export type PooledQuestion = readonly [question: string, correct: string, ...distractors: string[]];

/** A family whose items are drawn from written questions, options in random order. */
export function poolTemplate(
  family: string,
  domain: AnchorDomain,
  pool: Record<Level, readonly PooledQuestion[]>,
  perLevel: number,
): Template {
  return {
    family,
    domain,
    perLevel,
    draw(level, random) {
      const [question, correct, ...distractors] = random.pick(pool[level]);
      return choiceItem(random, { question, level, correct, distractors, effort: 10 * level });
    },
  };
}
