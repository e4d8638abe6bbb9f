export type { Change, ChangeKind, ChangeSubscription, ListenOptions } from './changes.js';
export type { ConnectOptions } from './connection.js';
export { connectDatabase } from './database.js';
export type { Database } from './database.js';
export type { JsonObject, JsonValue } from './json.js';
export { migrate } from './migrations/migrate.js';
export type { MigrateOptions, MigrateResult } from './migrations/migrate.js';
export type * from './stores/alert-store.js';
export type * from './stores/anchor-answers.js';
export type * from './stores/anchor-store.js';
export type * from './stores/api-key-store.js';
export type * from './stores/audit-store.js';
export type * from './stores/batch-records.js';
export type { BatchStore } from './stores/batch-store.js';
export type { BatchTries, BatchTryKey } from './stores/batch-tries.js';
export type { BatchUpload } from './stores/batch-upload.js';
export type { BatchWork, PendingChunk } from './stores/batch-work.js';
export type * from './stores/budget-store.js';
export type * from './stores/calibration-store.js';
export type * from './stores/call-store.js';
export { answeringModel } from './stores/answering-model.js';
export { hashCandidates } from './stores/candidate-hash.js';
export type * from './stores/dead-letter-store.js';
export type * from './stores/decision-store.js';
export type * from './stores/feedback-learning.js';
export type * from './stores/feedback-store.js';
export type * from './stores/key-rate-store.js';
export type * from './stores/key-spend-store.js';
export type * from './stores/label-store.js';
export type {
  NewDeployment,
  SealedDeployment,
  SealKey,
  StoredDeployment,
} from './stores/model-deployments.js';
export type { RevisionGuard, StoredModel } from './stores/model-rows.js';
export type * from './stores/model-store.js';
export type * from './stores/onboarding-store.js';
export type * from './stores/operations-store.js';
export { asStored } from './stores/packed-candidates.js';
export type * from './stores/policy-evidence.js';
export type * from './stores/policy-store.js';
export type {
  ProfileSelector,
  ProfileState,
  ProfileVersion,
  StoredProfile,
} from './stores/profile-rows.js';
export type * from './stores/profile-store.js';
export type { ReprofileStore } from './stores/reprofile-store.js';
export type * from './stores/savings-report.js';
export type * from './stores/roll-out-records.js';
export { rollOutNotFound } from './stores/roll-out-store.js';
export type { RollOutStore } from './stores/roll-out-store.js';
export type * from './stores/sentinel-store.js';
export type * from './stores/space-store.js';
export type * from './stores/traffic-report.js';
