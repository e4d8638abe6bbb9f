import { z } from 'zod';

/** What an optimization process is asked to do; its first message. */
export interface OptimizationTask {
  databaseUrl: string;
  batchId: string;
}

/** What it sends back. */
export const optimizationMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), completed: z.boolean() }),
  z.object({
    kind: z.literal('failed'),
    /** The code of an expected failure, such as constraints that cannot be kept; null for others. */
    code: z.string().nullable(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
  }),
]);
export type OptimizationMessage = z.infer<typeof optimizationMessageSchema>;
