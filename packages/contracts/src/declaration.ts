import { z } from 'zod';
import { modelPatchSchema, modelRequestSchema } from './http/models.js';
import { policyNameSchema, policyRequestSchema } from './http/policies.js';

/** A model that a configuration file declares, as a change by an administrator: absent fields stay. */
export const declaredModelSchema = modelPatchSchema.extend({ name: modelRequestSchema.shape.name });
export type DeclaredModel = z.infer<typeof declaredModelSchema>;

/** A policy that a configuration file declares under its name. */
export const declaredPolicySchema = z.strictObject({
  name: policyNameSchema,
  policy: policyRequestSchema,
});
export type DeclaredPolicy = z.infer<typeof declaredPolicySchema>;

/** Where in its file something is declared: keys and indices from the top. */
export type DeclarationPath = readonly (string | number)[];

/** What a configuration file says that there shall be. */
export interface Declaration {
  models: readonly { at: DeclarationPath; value: DeclaredModel }[];
  policies: readonly { at: DeclarationPath; value: DeclaredPolicy }[];
}

/** A mistake in a declaration. */
export interface DeclarationProblem {
  at: DeclarationPath;
  message: string;
}
