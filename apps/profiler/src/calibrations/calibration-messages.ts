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

/** What it sends back, as the process of a recalibration does. */
export const calibrationMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), stage: z.string(), fraction: z.number() }),
  /** The version of the space that was made. */
  z.object({ kind: z.literal('done'), spaceVersion: z.string() }),
  z.object({
    kind: z.literal('failed'),
    /** The code of an expected failure, such as bad input; null for any other. */
    code: z.string().nullable(),
    message: z.string(),
  }),
]);
export type CalibrationMessage = z.infer<typeof calibrationMessageSchema>;

export function describeFailure(error: unknown): CalibrationMessage {
  const expected = error instanceof Error && 'code' in error;
  return {
    kind: 'failed',
    code: expected ? String(error.code) : null,
    message: error instanceof Error ? error.message : String(error),
  };
}
