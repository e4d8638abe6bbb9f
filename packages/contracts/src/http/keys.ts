import { z } from 'zod';

const scopeSchema = z.enum(['route', 'admin']);

export const apiKeyRequestSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(scopeSchema).min(1).default(['route']),
});

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scopeSchema),
  /** The key's first characters. */
  prefix: z.string(),
  created_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeySchema>;
export const apiKeyListSchema = z.object({ data: z.array(apiKeySchema) });

/** The key itself is shown this once. */
export const newApiKeySchema = apiKeySchema.extend({ key: z.string() });
export type NewApiKeyView = z.infer<typeof newApiKeySchema>;
