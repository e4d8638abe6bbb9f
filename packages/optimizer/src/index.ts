export * from './utility/utility.js';
export { withGuarantee } from './utility/guarantee.js';
export type { BulkAllocation, BulkConstraints, BulkInstance } from './bulk/bulk-instance.js';
export { InfeasibleError, type BindingConstraint } from './bulk/infeasible-error.js';
export { optimizeBulk, type BulkOptions, type BulkPreference } from './bulk/optimize-bulk.js';
export {
  explore,
  exploreProbabilities,
  type ExplorableCandidate,
  type ExplorationLimits,
  type ExploredDecision,
} from './utility/explore.js';
export { PacedBudget, type BudgetPeriod, type PacingState } from './pacing/paced-budget.js';
