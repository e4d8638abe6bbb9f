import { z } from 'zod';

export const livenessSchema = z.object({ status: z.literal('live'), uptime_s: z.number() });

export const readinessSchema = z.object({
  status: z.literal('ready'),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string(), ms: z.number() })),
});
