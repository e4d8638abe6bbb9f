import { DEFAULT_LEARNING } from '@zerorouter/learning';
import type { LearningSettings } from '@zerorouter/learning';
import type { Config } from '@zerorouter/platform';

export function learningSettings(
  config: Pick<Config, 'FEEDBACK_SENSITIVITY' | 'FEEDBACK_SPECIFICITY' | 'FEEDBACK_DOUBLING_DAYS'>,
): LearningSettings {
  return {
    ...DEFAULT_LEARNING,
    forgetting: {
      ...DEFAULT_LEARNING.forgetting,
      doublingDays: config.FEEDBACK_DOUBLING_DAYS,
    },
    judge: {
      sensitivity: config.FEEDBACK_SENSITIVITY,
      specificity: config.FEEDBACK_SPECIFICITY,
    },
  };
}
