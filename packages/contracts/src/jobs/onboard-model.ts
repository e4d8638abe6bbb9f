import { z } from 'zod';
import { modelPricesSchema } from '../http/models.js';
import { onboardingLimitsSchema } from '../http/onboardings.js';
import { defineJob } from './define-job.js';

/** Measures a model on anchors; everything but the onboarding's id is read from Postgres. Safe to run twice. */
export const onboardModel = defineJob({
  queue: 'onboard-model',
  payload: z.object({ onboardingId: z.string().min(1) }),
  result: z.object({ state: z.string() }),
  retry: { attempts: 3, backoffMs: 2_000 },
  timeoutMs: 24 * 3_600_000,
  carriesText: false,
  repeatable: true,
});

/** What the model was when the run began: a change of it must not derail a resumption. */
const asItWas = {
  seed: z.number().int(),
  prices: modelPricesSchema.nullable(),
  size_b: z.number().nullable(),
};

/** Settings that are stored with an onboarding: all that it depends on besides its anchors. */
export const onboardingSettingsSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('live'),
    ...onboardingLimitsSchema.shape,
    ...asItWas,
    /** What it was begun for by itself; absent = somebody has asked for it. */
    cause: z.literal('drift').optional(),
  }),
  z.object({ kind: z.literal('collected'), promote: z.boolean(), ...asItWas }),
]);
export type OnboardingSettings = z.infer<typeof onboardingSettingsSchema>;
