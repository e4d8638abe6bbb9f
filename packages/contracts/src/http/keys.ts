import { z } from 'zod';
import { policyBudgetSchema, policyNameSchema } from './policies.js';
import { storableText } from './storable.js';

/** `admin` may do everything, each of the others what it names. */
const scopeSchema = z.enum(['route', 'chat', 'admin', 'metrics']);
export type ApiKeyScope = z.infer<typeof scopeSchema>;

const perMinute = z.number().int().min(1).max(1_000_000_000);
const rateSchema = z
  .strictObject({
    requests_per_minute: perMinute.optional(),
    /** Of prompts and answers together. */
    tokens_per_minute: perMinute.optional(),
  })
  .refine((rate) => Object.values(rate).some((limit) => limit !== undefined), {
    error: 'must limit requests_per_minute, tokens_per_minute, or both',
  });
const budgetSchema = policyBudgetSchema.omit({ expected_queries: true }).extend({
  usd: z.number().positive().max(1_000_000_000),
});
const onBudgetExceededSchema = z.union([
  z.literal('refuse'),
  z.strictObject({ policy: policyNameSchema }),
]);
const nameSchema = storableText.trim().min(1).max(100);

/** What a key may be limited by; whatever is absent is not limited. */
const limits = {
  rate: rateSchema.optional(),
  /** Of what its calls cost, in an hour, a day or a month of UTC. */
  budget: budgetSchema.optional(),
  /** The only policies that it may use; `pinned` stands for requests that name their model. */
  policies: z.array(policyNameSchema).min(1).max(100).optional(),
  /** Globs of the only models that it may use. */
  models: z.array(storableText.min(1).max(200)).min(1).max(100).optional(),
  /** Once the budget is spent: 402, or go on by another policy, whose cost comes on top. */
  on_budget_exceeded: onBudgetExceededSchema.optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
};

export const apiKeyRequestSchema = z.strictObject({
  name: nameSchema,
  scopes: z.array(scopeSchema).min(1).default(['route', 'chat']),
  ...limits,
});
export type ApiKeyRequest = z.output<typeof apiKeyRequestSchema>;

/** What is absent stays; null takes a limit away. */
export const apiKeyChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  rate: limits.rate.nullable(),
  budget: limits.budget.nullable(),
  policies: limits.policies.nullable(),
  models: limits.models.nullable(),
  on_budget_exceeded: limits.on_budget_exceeded.nullable(),
  expires_at: limits.expires_at.nullable(),
});
export type ApiKeyChange = z.output<typeof apiKeyChangeSchema>;

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(scopeSchema),
  /** The key's first characters. */
  prefix: z.string(),
  rate: rateSchema.nullable(),
  budget: budgetSchema.nullable(),
  /** Of the period that runs; null without a budget. */
  spend: z
    .object({
      spent_usd: z.number(),
      /** Set aside for calls that are under way. */
      reserved_usd: z.number(),
      period_ends_at: z.iso.datetime(),
    })
    .nullable(),
  policies: z.array(z.string()).nullable(),
  models: z.array(z.string()).nullable(),
  on_budget_exceeded: onBudgetExceededSchema,
  expires_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  revoked_at: z.iso.datetime().nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeySchema>;
export const apiKeyListSchema = z.object({ data: z.array(apiKeySchema) });

/** The key itself is shown this once. */
export const newApiKeySchema = apiKeySchema.extend({ key: z.string() });
export type NewApiKeyView = z.infer<typeof newApiKeySchema>;
