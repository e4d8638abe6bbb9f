import { z } from 'zod';

/** A change that somebody made, or tried to make, through /admin/v1. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** Null where no good key was presented. */
  key_id: z.string().nullable(),
  /** Method and path: `PATCH /admin/v1/keys/:id` */
  action: z.string(),
  /** What the path names, or the id of what was made; null where there is neither. */
  target: z.string().nullable(),
  /** HTTP status of the answer. */
  status: z.number().int(),
  /** Code of the problem for which it was refused; null where it was not. */
  problem: z.string().nullable(),
  request_id: z.string(),
  ip: z.string(),
});
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

export const auditQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Id of the last entry of the page before. */
  before: z.string().min(1).optional(),
  /** Only what was done with this key. */
  key_id: z.string().min(1).optional(),
  /** Only this action, as entries write it. */
  action: z.string().min(1).optional(),
  /** Only what was done to this. */
  target: z.string().min(1).optional(),
  /** Only what was refused, or only what was not. */
  refused: z.enum(['true', 'false']).optional(),
  /** Only what was done from then on, and before then. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type AuditQuery = z.output<typeof auditQuerySchema>;

export const auditPageSchema = z.object({
  data: z.array(auditEntrySchema),
  /** `before` of the next page; null on the last one. */
  next: z.string().nullable(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;
