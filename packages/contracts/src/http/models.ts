import { z } from 'zod';
import { onboardingStateSchema } from './onboardings.js';
import { storableInteger, storableText } from './storable.js';

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

export const profileStateSchema = z.enum(['draft', 'profiling', 'shadow', 'active', 'retired']);
export type ProfileStateName = z.infer<typeof profileStateSchema>;

/** List prices, USD per million tokens. */
export const modelPricesSchema = z.strictObject({
  input_per_mtok: z.number().nonnegative(),
  output_per_mtok: z.number().nonnegative(),
  /** Input that the provider finds in its prompt cache; absent = it costs as much as any other. */
  cached_input_per_mtok: z.number().nonnegative().optional(),
  /** ISO date on which the prices held, and where they were read. */
  as_of: z.iso.date().optional(),
  source: storableText.max(500).optional(),
});
export type ModelPrices = z.infer<typeof modelPricesSchema>;

/** Where a model is served: anything that speaks the OpenAI API under `base_url`. */
export const deploymentRequestSchema = z.strictObject({
  /** `https://host/v1`; a query string is kept and sent along. */
  base_url: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).max(2_000),
  /** Sealed before it is stored, and never returned. */
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' })
    .max(4_000)
    .optional(),
  /** The model's name there; default: its name here. */
  upstream_model: storableText.min(1).max(500).optional(),
  /** Header that carries the bare key, for servers that do not take `Authorization: Bearer`. */
  auth_header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, { error: 'must be the name of a header' })
    .optional(),
});
export type DeploymentRequest = z.infer<typeof deploymentRequestSchema>;

const contextWindowSchema = storableInteger.positive();
const capabilitiesSchema = z.array(storableText.min(1).max(64)).max(64);
const sizeSchema = z.number().positive().max(1e6);

const nameSchema = storableText
  .trim()
  .min(1)
  .max(500)
  .refine((name) => name !== 'auto' && !name.startsWith('zerorouter/'), {
    error: 'must not be "auto" nor begin with "zerorouter/": these names stand for policies',
  });

/** A new model: it becomes a draft with what its metadata tell. */
export const modelRequestSchema = z.strictObject({
  name: nameSchema,
  deployments: z.array(deploymentRequestSchema).max(32).default([]),
  prices: modelPricesSchema.optional(),
  /** Tokens. */
  context_window: contextWindowSchema.optional(),
  /** `tools`, `vision`, `audio`, …; empty = unknown. */
  capabilities: capabilitiesSchema.default([]),
  /** Billions of parameters, where known: says what ability to expect before anything is asked. */
  size_b: sizeSchema.optional(),
});
export type ModelRequest = z.infer<typeof modelRequestSchema>;

/**
 * Absent fields stay, null clears. `deployments` replaces the list; one that is equal in `base_url` and
 * `upstream_model` keeps its key unless a new one is given.
 */
export const modelPatchSchema = z.strictObject({
  deployments: z.array(deploymentRequestSchema).max(32).optional(),
  prices: modelPricesSchema.nullable().optional(),
  context_window: contextWindowSchema.nullable().optional(),
  capabilities: capabilitiesSchema.optional(),
  size_b: sizeSchema.nullable().optional(),
});
export type ModelPatch = z.infer<typeof modelPatchSchema>;

export const deploymentSchema = z.object({
  id: z.string(),
  base_url: z.string(),
  upstream_model: z.string(),
  auth_header: z.string().nullable(),
  /** Last characters of the key; null = it has none. */
  api_key_hint: z.string().nullable(),
});
export type DeploymentView = z.infer<typeof deploymentSchema>;

/** A model and what is known of it in one latent space. */
export const adminModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: profileStateSchema,
  /** Why it is held in its state; null = nothing holds it. */
  state_reason: z.string().nullable(),
  /** Of the profile. */
  version: z.number().int(),
  space_version: z.string(),
  context_window: z.number().int().nullable(),
  capabilities: z.array(z.string()),
  prices: modelPricesSchema.nullable(),
  size_b: z.number().nullable(),
  deployments: z.array(deploymentSchema),
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

export const promoteRequestSchema = z.strictObject({
  /** Where to; default: the next state, `shadow` or `active`. */
  state: z.enum(['shadow', 'active']).optional(),
  /** Although it was never onboarded, or in spite of what holds it in shadow. */
  force: z.boolean().default(false),
});
export type PromoteRequest = z.infer<typeof promoteRequestSchema>;

export const rollbackRequestSchema = z.strictObject({
  /** The version whose profile is to hold again; default: the one before what holds now. */
  version: storableInteger.positive().optional(),
});
export type RollbackRequest = z.infer<typeof rollbackRequestSchema>;

/** Something about a model that people should look at. */
export const alertSchema = z.object({
  id: z.string(),
  /** `drift`, `length-drift`, `deployment`, … */
  kind: z.string(),
  /** Null where it is about no model in particular. */
  model_id: z.string().nullable(),
  message: z.string(),
  /** What it was raised on, newest figures. */
  evidence: z.record(z.string(), z.unknown()),
  created_at: z.iso.datetime(),
  /** Null while it is open. */
  resolved_at: z.iso.datetime().nullable(),
  /** The onboarding that was begun by itself because of it (REPROFILE_ON_DRIFT); null = none was. */
  reprofiling: z
    .object({
      onboarding_id: z.string(),
      state: onboardingStateSchema,
      /** Why the model keeps the profile that it had; null = it does not, or the onboarding has not ended. */
      kept: z.string().nullable(),
    })
    .nullable(),
});
export type AlertView = z.infer<typeof alertSchema>;

export const alertListSchema = z.object({ data: z.array(alertSchema) });
export const alertQuerySchema = z.strictObject({
  /** `true`: only those that nobody has resolved; `false`: only resolved ones. */
  open: z.enum(['true', 'false']).optional(),
});
