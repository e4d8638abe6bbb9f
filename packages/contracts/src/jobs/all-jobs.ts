import type { z } from 'zod';
import { askModelSentinels } from './ask-model-sentinels.js';
import { askSentinels } from './ask-sentinels.js';
import { calibrateSpace } from './calibrate-space.js';
import type { JobDefinition } from './define-job.js';
import { learnFeedback } from './learn-feedback.js';
import { onboardModel } from './onboard-model.js';
import { predictQueries } from './predict-queries.js';
import { recalibrateSpace } from './recalibrate-space.js';
import { optimizeBatch, routeBatch } from './route-batch.js';

/** Every kind of job, for who looks into all queues. */
export const ALL_JOBS: readonly JobDefinition<z.ZodType, z.ZodType>[] = [
  predictQueries,
  routeBatch,
  optimizeBatch,
  onboardModel,
  calibrateSpace,
  recalibrateSpace,
  learnFeedback,
  askSentinels,
  askModelSentinels,
];
