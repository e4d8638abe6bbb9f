import { z } from 'zod';
import { chatMessageSchema, hardConstraintsSchema } from './route.js';

/** What a request may say to the router; it is taken out before the provider sees the body. */
export const routerFieldSchema = z.strictObject({
  constraints: hardConstraintsSchema.optional(),
  session_id: z.string().min(1).max(256).optional(),
  /** Adds the header `x-zerorouter-reason`. */
  explain: z.boolean().optional(),
});

/** What must be known of a body that goes to a provider as it is. */
export const passedRequestSchema = z.looseObject({
  /** `auto`, `zerorouter/<policy>`, the name of a model, or a pattern of names: `openai/*`. */
  model: z.string().min(1),
  zerorouter: routerFieldSchema.optional(),
});
export type PassedRequest = z.infer<typeof passedRequestSchema>;

/** What a decision reads of a chat request; everything else passes unread. */
export const chatRequestSchema = passedRequestSchema.extend({
  messages: z.array(chatMessageSchema).min(1),
  tools: z.array(z.looseObject({})).nullish(),
  /** The older form of `tools`. */
  functions: z.array(z.looseObject({})).nullish(),
  response_format: z.looseObject({ type: z.string().optional() }).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** Failures on the paths of the OpenAI API, in its shape. */
export const openAiErrorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    /** Stable, for programs. */
    code: z.string().nullable(),
    /** The field that is wrong, where it is one. */
    param: z.string().nullable(),
  }),
});
export type OpenAiError = z.infer<typeof openAiErrorSchema>;
