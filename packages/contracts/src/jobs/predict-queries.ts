import { z } from 'zod';
import { queryLatentsSchema } from '../latents.js';
import { defineJob } from './define-job.js';

/** Texts → latents in one latent space; the results stand in the order of the texts. */
export const predictQueries = defineJob({
  queue: 'predict-queries',
  payload: z.object({
    spaceVersion: z.string().min(1),
    queries: z.array(z.object({ text: z.string().min(1) })).min(1),
  }),
  result: z.object({
    spaceVersion: z.string(),
    latents: z.array(queryLatentsSchema),
  }),
  retry: { attempts: 3, backoffMs: 50 },
  timeoutMs: 10_000,
  carriesText: true,
});
