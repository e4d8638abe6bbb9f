import { answeringModel } from '@zerorouter/database';
import type { DecisionStore } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';
import type { DecisionMetrics } from './decision-metrics.js';

/** Compares a judgement with what was predicted of the model that answered; nobody waits for it. */
export function judgeDecision(
  decisions: Pick<DecisionStore, 'get'>,
  metrics: DecisionMetrics,
  logger: Logger,
): (decisionId: string, score: number) => void {
  return (decisionId, score) => {
    decisions
      .get(decisionId)
      .then((decision) => {
        const answering = decision && answeringModel(decision);
        const judged = decision?.candidates.find(({ model }) => model === answering);
        if (judged !== undefined)
          metrics.judged({ model: judged.model, score, predicted: judged.p_correct });
      })
      .catch((error: unknown) =>
        logger.warn({ err: error, decisionId }, 'a judgement is missing in the metrics'),
      );
  };
}
