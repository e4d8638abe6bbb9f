import type { DecisionStore } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import type { DecisionMetrics } from './decision-metrics.js';

/** Compares a judgement with what was predicted of the answer; nobody waits for it. */
export function judgeDecision(
  decisions: Pick<DecisionStore, 'get'>,
  metrics: DecisionMetrics,
  logger: Logger,
): (decisionId: string, score: number) => void {
  return (decisionId, score) => {
    decisions
      .get(decisionId)
      .then((decision) => {
        const chosen = decision?.candidates.find(({ model }) => model === decision.model);
        if (chosen !== undefined)
          metrics.judged({ model: chosen.model, score, predicted: chosen.p_correct });
      })
      .catch((error: unknown) =>
        logger.warn({ err: error, decisionId }, 'a judgement is missing in the metrics'),
      );
  };
}
