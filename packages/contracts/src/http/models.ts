import { z } from 'zod';

/** `GET /v1/models`: the list of the OpenAI API, with what the router knows in one field of ours. */
export const modelListSchema = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      id: z.string(),
      object: z.literal('model'),
      /** Unix seconds. */
      created: z.number().int(),
      owned_by: z.string(),
      zerorouter: z.object({
        /** `virtual` names a policy that picks among the real ones. */
        kind: z.enum(['real', 'virtual']),
        context_window: z.number().int().nullable(),
        capabilities: z.array(z.string()),
        /** 0 = routed to by `/v1/route` only. */
        deployments: z.number().int(),
      }),
    }),
  ),
});
export type ModelList = z.infer<typeof modelListSchema>;

const profileStateSchema = z.enum(['draft', 'profiling', 'shadow', 'active', 'retired']);

/** A model and what is known of it in one latent space. */
export const adminModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: profileStateSchema,
  version: z.number().int(),
  space_version: z.string(),
  context_window: z.number().int().nullable(),
  capabilities: z.array(z.string()),
  deployments: z.number().int(),
  ability: z.object({ mean: z.array(z.number()), covariance: z.array(z.number()) }),
  length: z.record(z.string(), z.unknown()).nullable(),
  cost: z.record(z.string(), z.unknown()).nullable(),
  latency: z.record(z.string(), z.unknown()).nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type AdminModel = z.infer<typeof adminModelSchema>;

export const adminModelListSchema = z.object({ data: z.array(adminModelSchema) });
export const adminModelQuerySchema = z.strictObject({
  state: profileStateSchema.optional(),
  space_version: z.string().min(1).optional(),
});
