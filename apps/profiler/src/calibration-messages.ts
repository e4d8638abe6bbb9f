import type { calibrationOptionsSchema } from '@zerorouter/contracts';
import type { EncoderSettings } from '@zerorouter/platform';
import { z } from 'zod';

/** What a calibration process is asked to do; its first message. */
export interface CalibrationTask {
  dataDirs: string[];
  options: z.output<typeof calibrationOptionsSchema>;
  encoder: EncoderSettings;
  outDir: string;
}

/** What it sends back. */
export const calibrationMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), stage: z.string(), fraction: z.number() }),
  z.object({ kind: z.literal('done') }),
  z.object({
    kind: z.literal('failed'),
    /** The code of an expected failure, such as bad input; null for any other. */
    code: z.string().nullable(),
    message: z.string(),
  }),
]);
export type CalibrationMessage = z.infer<typeof calibrationMessageSchema>;
