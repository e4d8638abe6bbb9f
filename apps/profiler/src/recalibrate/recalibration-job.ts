import type { JsonObject } from '@zerorouter/database';
import type { EncoderSettings } from '@zerorouter/platform';

/** What a recalibration's process is asked to do; its first message. */
export interface RecalibrationJob {
  databaseUrl: string;
  encoder: EncoderSettings;
  /** As they are stored with the run. */
  options: JsonObject;
}
