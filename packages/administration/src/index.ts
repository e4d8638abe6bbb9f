export { checkDeclaration } from './declaration/check-declaration.js';
export { reconcile, type DeclarationStep, type ReconcileOptions } from './declaration/reconcile.js';
export { toHardConstraints, viewHardConstraints } from './hard-constraints.js';
export { ModelAdmin, type ModelAdminDependencies } from './model-admin.js';
export { openModelAdmin, type ProviderSettings } from './open-model-admin.js';
export { policyFromRequest } from './policy-from-request.js';
export { requireSpace } from './require-space.js';
